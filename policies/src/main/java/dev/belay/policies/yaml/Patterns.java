package dev.belay.policies.yaml;

import dev.belay.policies.Verdict;
import dev.belay.policies.commands.CommandRules;
import dev.belay.policies.files.FileRules;
import dev.belay.policies.files.PathPattern;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.network.HostRules;
import java.util.List;
import java.util.Optional;

/** What the rules of every subject have in common: they can be checked, tried, and held against each other. */
final class Patterns {
    private static final int USUAL_PORT = 443;

    private Patterns() {}

    static void check(Clause clause) throws PatternException {
        switch (clause.subject()) {
            case COMMAND -> new CommandRules(List.of(clause));
            case READ, EDIT -> PathPattern.parse(clause.pattern());
            case HOST -> host(clause);
            case TOOL -> {}
        }
    }

    /** What the rule alone would say to this. */
    static Verdict judge(Clause clause, String example) {
        try {
            return switch (clause.subject()) {
                case COMMAND -> new CommandRules(List.of(clause)).judge(example);
                case READ -> new FileRules(List.of(clause)).read(example);
                case EDIT -> new FileRules(List.of(clause)).edit(example);
                case HOST -> host(clause, example);
                case TOOL -> throw new IllegalArgumentException("a whole tool has no examples");
            };
        } catch (PatternException checkedBefore) {
            throw new IllegalStateException(checkedBefore);
        }
    }

    private static Verdict host(Clause clause, String example) throws PatternException {
        int colon = example.lastIndexOf(':');
        String port = example.substring(colon + 1);
        boolean hasPort = colon > example.lastIndexOf(']')
                && !port.isEmpty()
                && port.length() <= 5
                && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return new HostRules(List.of(clause))
                .judge(hasPort ? example.substring(0, colon) : example, hasPort ? Integer.parseInt(port) : USUAL_PORT);
    }

    /** Whether it was this rule that decided, and not what holds without any. */
    static boolean decided(Clause clause, Verdict verdict) {
        String rule = clause.effect().heading() + " " + clause.origin().text();
        return switch (verdict) {
            case Verdict.Denied denied ->
                clause.effect() == Effect.DENY && denied.rule().equals(rule);
            case Verdict.Asks asks ->
                clause.effect() == Effect.ASK && asks.rule().equals(rule);
            case Verdict.Allowed allowed ->
                clause.effect() == Effect.ALLOW && allowed.rule().equals(rule);
        };
    }

    /** What a checked rule speaks of. */
    static Extent extent(Clause clause) {
        try {
            return switch (clause.subject()) {
                case COMMAND -> new Extent(clause, Covering.command(clause.pattern()), Optional.empty());
                case READ, EDIT -> {
                    PathPattern path = PathPattern.parse(clause.pattern());
                    yield new Extent(clause, path.canonical(clause.effect()), Optional.of(path));
                }
                case HOST -> new Extent(clause, host(clause).toString(), Optional.empty());
                case TOOL -> new Extent(clause, clause.pattern(), Optional.empty());
            };
        } catch (PatternException checkedBefore) {
            throw new IllegalStateException(checkedBefore);
        }
    }

    private static HostPattern host(Clause clause) throws PatternException {
        return clause.effect() == Effect.ALLOW
                ? HostPattern.parse(clause.pattern())
                : HostPattern.parseAny(clause.pattern());
    }
}
