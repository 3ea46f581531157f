package dev.belay.policies;

import dev.belay.policies.language.Settings;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Two sources' settings as one: of each pair what lets less happen. No source can widen what another one says. */
final class Narrower {
    private Narrower() {}

    static Settings of(Settings one, Settings other) {
        return new Settings(
                least(one.memoryMib(), other.memoryMib()),
                least(one.processes(), other.processes()),
                least(one.maxTurns(), other.maxTurns()),
                least(one.maxUsd(), other.maxUsd()),
                least(one.timeoutSeconds(), other.timeoutSeconds()),
                // Said by one kind of source alone, of which there is one.
                one.modes().isEmpty() ? other.modes() : one.modes(),
                one.otherCommands().compareTo(other.otherCommands()) < 0 ? one.otherCommands() : other.otherCommands());
    }

    private static OptionalInt least(OptionalInt one, OptionalInt other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isPresent() ? one : other;
        }
        return OptionalInt.of(Math.min(one.getAsInt(), other.getAsInt()));
    }

    private static OptionalDouble least(OptionalDouble one, OptionalDouble other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isPresent() ? one : other;
        }
        return OptionalDouble.of(Math.min(one.getAsDouble(), other.getAsDouble()));
    }
}
