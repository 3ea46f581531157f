package dev.belay.policies.yaml;

import dev.belay.policies.ToolName;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;
import dev.belay.policies.secrets.TokenEndpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the rules that never decide anything: whoever wrote them believes in something that does not hold. */
final class DeadRules {
    private static final String FIX = "take it out, or narrow the other";

    private record Placed(Rule rule, Extent extent) {}

    private final Problems problems;

    DeadRules(Problems problems) {
        this.problems = problems;
    }

    void find(List<Rule> rules) {
        List<Placed> once = once(rules);
        for (Placed placed : once) {
            if (!hasNoTool(placed.rule(), rules)) {
                covering(placed, once, rules).ifPresent(stricter -> covered(placed.rule(), stricter));
            }
        }
    }

    private List<Placed> once(List<Rule> rules) {
        Map<String, Rule> seen = new HashMap<>();
        List<Placed> once = new ArrayList<>();
        for (Rule rule : rules) {
            Extent extent = Patterns.extent(rule.clause());
            Rule first = seen.putIfAbsent(extent.canonical(), rule);
            if (first == null) {
                once.add(new Placed(rule, extent));
            } else {
                problems.add(
                        rule.spot(),
                        Quoted.of(rule.text()) + " is written twice: " + at(first) + " says the same",
                        "keep one of them");
            }
        }
        return once;
    }

    /** What nobody may ask of a host that a secret goes to says more than that the host is allowed, once it is named. */
    private static boolean opensTokens(Placed placed, List<Rule> rules) {
        return effect(placed.rule()) == Effect.ALLOW
                && subject(placed.rule()) == Subject.REQUEST
                && placed.extent()
                        .requests()
                        .filter(request -> request.path().isExact()
                                && TokenEndpoints.isOne(request.path().toString()))
                        .isPresent()
                && rules.stream()
                        .flatMap(rule -> rule.clauses().stream())
                        .anyMatch(clause -> clause.subject() == Subject.SECRET);
    }

    private static Optional<Rule> covering(Placed placed, List<Placed> all, List<Rule> rules) {
        boolean opensTokens = opensTokens(placed, rules);
        return all.stream()
                .filter(other -> goesBefore(other.rule(), placed.rule())
                        && !(opensTokens && effect(other.rule()) == Effect.ALLOW)
                        && other.extent().meets(placed.extent())
                        && other.extent().covers(placed.extent()))
                .map(Placed::rule)
                .findFirst();
    }

    /** Of two of one effect, only what is said of a whole host makes another rule idle: one on its requests. */
    private static boolean goesBefore(Rule one, Rule other) {
        int order = effect(one).compareTo(effect(other));
        return order < 0 || order == 0 && subject(one) == Subject.HOST && subject(other) == Subject.REQUEST;
    }

    private void covered(Rule rule, Rule stricter) {
        if (effect(stricter) == Effect.ALLOW) {
            problems.add(
                    rule.spot(),
                    Quoted.of(rule.text()) + " under `" + rule.key() + "` says less than " + at(stricter)
                            + ", which allows the whole host",
                    "take one of them out");
            return;
        }
        boolean everyCommand = subject(stricter) == Subject.COMMAND
                && stricter.clause().pattern().equals("*");
        dead(
                rule,
                at(stricter) + (effect(stricter) == Effect.DENY ? " denies" : " asks about") + " all of it",
                everyCommand
                        ? "take the other out, and write commands: {others: "
                                + (effect(stricter) == Effect.DENY ? "deny" : "ask") + "}"
                        : FIX);
    }

    /** A rule about what a tool does, where the task has no such tool. */
    private boolean hasNoTool(Rule rule, List<Rule> rules) {
        Optional<ToolName> tool = tool(rule);
        if (tool.isEmpty()) {
            return false;
        }
        List<Rule> ofTools =
                rules.stream().filter(other -> subject(other) == Subject.TOOL).toList();
        Optional<Rule> off = ofTools.stream()
                .filter(other -> effect(other) == Effect.DENY
                        && other.clause().pattern().equals(tool.get().word()))
                .findFirst();
        if (off.isPresent()) {
            dead(rule, at(off.get()) + " takes the whole tool away", "take one of them out");
            return true;
        }
        List<Rule> listed =
                ofTools.stream().filter(other -> effect(other) == Effect.ALLOW).toList();
        boolean missing = subject(rule) == Subject.COMMAND
                && !listed.isEmpty()
                && listed.stream()
                        .noneMatch(other ->
                                other.clause().pattern().equals(tool.get().word()));
        if (missing) {
            dead(
                    rule,
                    tool.get().word() + " is not among the tools at "
                            + listed.getFirst().spot(),
                    "take it out, or add " + tool.get().word() + " to `tools.allowed`");
        }
        return missing;
    }

    /**
     * Whose rule it is. Prohibitions about files stay what they are without their tool: others read and change files, too,
     * and so do the lists that bound what is delivered.
     */
    private static Optional<ToolName> tool(Rule rule) {
        return switch (subject(rule)) {
            case COMMAND -> Optional.of(ToolName.BASH);
            case READ -> effect(rule) == Effect.DENY ? Optional.empty() : Optional.of(ToolName.READ);
            case EDIT ->
                effect(rule) == Effect.DENY
                                || !Effect.ALLOW.key().equals(rule.key())
                                        && !Effect.ASK.key().equals(rule.key())
                        ? Optional.empty()
                        : Optional.of(ToolName.EDIT);
            case HOST, REQUEST, SECRET, REMOTE, TOOL -> Optional.empty();
        };
    }

    private void dead(Rule rule, String why, String fix) {
        problems.add(rule.spot(), Quoted.of(rule.text()) + " under `" + rule.key() + "` is never reached: " + why, fix);
    }

    private static String at(Rule rule) {
        return Quoted.of(rule.text()) + " under `" + rule.key() + "` at " + rule.spot();
    }

    private static Effect effect(Rule rule) {
        return rule.clause().effect();
    }

    private static Subject subject(Rule rule) {
        return rule.clause().subject();
    }
}
