package dev.belay.policies.foreign;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import dev.belay.policies.yaml.PolicyFile;
import dev.belay.policies.yaml.PolicyText;
import dev.belay.policies.yaml.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes what was read of another agent's policy, and hands out nothing that would not be understood again. */
final class Translator {
    private static final int MOST_RULES = 2_000;

    private final ForeignFormat format;
    private final Source source;

    Translator(ForeignFormat format, Source source) {
        this.format = format;
        this.source = source;
    }

    Translation of(Reading reading, Map<Clause, Samples> samples) {
        if (!reading.problems().isEmpty()) {
            return new Translation("", List.of(), reading.problems());
        }
        long rules = reading.lines().stream()
                .filter(Line.Rules.class::isInstance)
                .mapToLong(line -> ((Line.Rules) line).clauses().size())
                .sum();
        if (rules > MOST_RULES) {
            return refused("it becomes " + rules + " rules, and a policy has at most " + MOST_RULES);
        }
        List<String> heading = new ArrayList<>();
        heading.add("Translated from " + source.file() + " (" + format.title()
                + ") by belay policy import. Read it before it is used.");
        heading.addAll(format.remarks());
        String text = PolicyText.of(heading, reading, samples);
        List<Problem> wrong =
                PolicyFile.read(new Source(".belay/policy.yaml", text)).problems();
        if (!wrong.isEmpty()) {
            return refused("it becomes no policy that is understood: "
                    + wrong.getFirst().what());
        }
        return new Translation(
                text,
                reading.lines().stream()
                        .filter(Line.NotEnforced.class::isInstance)
                        .map(Line.NotEnforced.class::cast)
                        .distinct()
                        .toList(),
                List.of());
    }

    private Translation refused(String what) {
        return new Translation(
                "",
                List.of(),
                List.of(new Problem(
                        new Spot(source.file(), 0, 0), Quoted.of(source.file()) + ": " + what, "shorten the file")));
    }
}
