package dev.belay.policies.yaml;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Holds a rule against what its author says that it speaks of. */
final class Examples {
    private static final String FIX = "mend the rule or the example";

    private final Problems problems;

    Examples(Problems problems) {
        this.problems = problems;
    }

    void tryOn(Rule rule, Item item) {
        if (rule.clause().subject() == Subject.TOOL) {
            List<ScalarNode> first = item.match().isEmpty() ? item.notMatch() : item.match();
            if (!first.isEmpty()) {
                problems.add(
                        first.getFirst(),
                        Quoted.of(rule.text()) + " speaks of a whole tool, which has no examples",
                        "take the examples out");
            }
            return;
        }
        for (ScalarNode example : item.match()) {
            Verdict verdict = Patterns.judge(rule.clause(), example.getValue());
            if (!Patterns.decided(rule.clause(), verdict)) {
                problems.add(
                        example,
                        Quoted.of(example.getValue()) + " should match " + Quoted.of(rule.text()) + " and does not: "
                                + words(verdict),
                        FIX);
            }
        }
        for (ScalarNode example : item.notMatch()) {
            Verdict verdict = Patterns.judge(rule.clause(), example.getValue());
            if (Patterns.decided(rule.clause(), verdict)) {
                problems.add(
                        example,
                        Quoted.of(example.getValue()) + " should not match " + Quoted.of(rule.text()) + " and does: "
                                + words(verdict),
                        FIX);
            }
        }
    }

    private static String words(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed allowed -> "it is allowed by " + allowed.rule();
            case Verdict.Denied denied -> "it is denied by " + denied.rule();
            case Verdict.Asks asks -> "it is asked about by " + asks.rule();
        };
    }
}
