package dev.belay.policies.language;

import dev.belay.policies.Mode;
import java.util.Collections;
import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a source says that is no rule. What is empty was not said.
 *
 * @param modes the modes that a task may run in
 * @param otherCommands what is done with a command that no rule names
 */
public record Settings(
        OptionalInt memoryMib,
        OptionalInt processes,
        OptionalInt diskMib,
        OptionalInt maxTurns,
        OptionalDouble maxUsd,
        OptionalInt timeoutSeconds,
        Set<Mode> modes,
        Effect otherCommands) {
    public static final Settings NONE = new Settings(
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            Set.of(),
            Effect.ALLOW);

    public Settings {
        EnumSet<Mode> inOrder = EnumSet.noneOf(Mode.class);
        inOrder.addAll(modes);
        modes = Collections.unmodifiableSet(inOrder);
    }
}
