package dev.belay.policies;

import dev.belay.policies.language.Settings;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Two sources' settings as one: of each pair what lets less happen. No source can widen what another one says. */
final class Narrower {
    private Narrower() {}

    static Settings of(Settings one, Settings other) {
        return new Settings(
                least(one.memoryMib(), other.memoryMib()),
                least(one.processes(), other.processes()),
                least(one.diskMib(), other.diskMib()),
                least(one.maxTurns(), other.maxTurns()),
                least(one.maxUsd(), other.maxUsd()),
                least(one.timeoutSeconds(), other.timeoutSeconds()),
                common(one.modes(), other.modes()),
                one.otherCommands().compareTo(other.otherCommands()) < 0 ? one.otherCommands() : other.otherCommands());
    }

    /** Where two sources name modes and none is in both: nothing could run, which empty does not say. */
    static boolean leavesNoMode(List<Settings> all) {
        List<Set<Mode>> named = all.stream()
                .map(Settings::modes)
                .filter(modes -> !modes.isEmpty())
                .toList();
        EnumSet<Mode> left = EnumSet.allOf(Mode.class);
        named.forEach(left::retainAll);
        return left.isEmpty();
    }

    private static Set<Mode> common(Set<Mode> one, Set<Mode> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        EnumSet<Mode> both = EnumSet.copyOf(one);
        both.retainAll(other);
        return both;
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
