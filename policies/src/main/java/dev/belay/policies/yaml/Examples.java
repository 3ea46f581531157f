package dev.belay.policies.yaml;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.WrittenRequest;
import java.util.List;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Holds a rule against what its author says that it speaks of. */
final class Examples {
    private static final String FIX = "mend the rule or the example";

    private final Problems problems;

    Examples(Problems problems) {
        this.problems = problems;
    }

    /** @param rules all that the item became */
    void tryOn(List<Rule> rules, Item item) {
        Rule rule = rules.getFirst();
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
        String which = Quoted.of(rule.text()) + (rules.size() > 1 ? " or another path of its rule" : "");
        List<Clause> clauses = rules.stream().map(Rule::clause).toList();
        Function<String, Verdict> judge = Patterns.judge(clauses);
        for (ScalarNode example : asked(item.match(), rule)) {
            Verdict verdict = judge.apply(example.getValue());
            if (!Patterns.decided(clauses, verdict)) {
                problems.add(
                        example,
                        Quoted.of(example.getValue()) + " should match " + which + " and does not: " + words(verdict),
                        FIX);
            }
        }
        for (ScalarNode example : asked(item.notMatch(), rule)) {
            Verdict verdict = judge.apply(example.getValue());
            if (Patterns.decided(clauses, verdict)) {
                problems.add(
                        example,
                        Quoted.of(example.getValue()) + " should not match " + which + " and does: " + words(verdict),
                        FIX);
            }
        }
    }

    /** Those that say anything: an example that no rule could ever speak of proves nothing. */
    private List<ScalarNode> asked(List<ScalarNode> examples, Rule rule) {
        return examples.stream()
                .filter(example -> {
                    boolean sayable = rule.clause().subject() != Subject.REQUEST
                            || WrittenRequest.parse(example.getValue()).isPresent();
                    if (!sayable) {
                        problems.add(
                                example,
                                Quoted.of(example.getValue()) + " is no request",
                                "write a method and an address: GET https://example.com/path");
                    }
                    return sayable;
                })
                .toList();
    }

    private static String words(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed allowed -> "it is allowed by " + allowed.rule();
            case Verdict.Denied denied -> "it is denied by " + denied.rule();
            case Verdict.Asks asks -> "it is asked about by " + asks.rule();
        };
    }
}
