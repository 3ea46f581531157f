package dev.belay.policies.prose;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A reading in few characters: {@code +edit ./src/** | =mount | !}. */
final class Shown {
    private Shown() {}

    static List<String> of(Reading reading) {
        List<String> shown = new ArrayList<>();
        reading.lines().forEach(line -> shown.addAll(of(line)));
        reading.problems().forEach(problem -> shown.add("#"));
        return shown;
    }

    static List<String> of(Line line) {
        return switch (line) {
            case Line.Rules rules -> rules.clauses().stream().map(Shown::of).toList();
            case Line.Inherent inherent -> List.of("=" + inherent.mechanism().split(":")[0]);
            case Line.NotEnforced _ -> List.of("!");
        };
    }

    private static String of(Clause clause) {
        String effect = switch (clause.effect()) {
            case DENY -> "-";
            case ASK -> "?";
            case ALLOW -> "+";
        };
        return effect + clause.subject().name().toLowerCase(Locale.ROOT) + " " + clause.pattern();
    }
}
