package dev.belay.policies.yaml;

import dev.belay.policies.Verdict;
import dev.belay.policies.commands.CommandRules;
import dev.belay.policies.files.FileRules;
import dev.belay.policies.files.PathPattern;
import dev.belay.policies.git.Remote;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.network.HostRules;
import dev.belay.policies.network.RequestPattern;
import dev.belay.policies.network.RequestRules;
import dev.belay.policies.network.WrittenRequest;
import dev.belay.policies.secrets.SecretPattern;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the rules of every subject have in common: they can be checked, tried, and held against each other. */
final class Patterns {
    private static final int USUAL_PORT = 443;

    private Patterns() {}

    static void check(Clause clause) throws PatternException {
        switch (clause.subject()) {
            case COMMAND -> new CommandRules(List.of(clause));
            case READ, EDIT -> PathPattern.parse(clause.pattern());
            case HOST -> host(clause);
            case REQUEST -> request(clause);
            case SECRET -> SecretPattern.parse(clause.pattern());
            case REMOTE -> Remote.parse(clause.pattern());
            case TOOL -> {}
        }
    }

    /** What the rules of one item would say to an example if there were no others. */
    static Function<String, Verdict> judge(List<Clause> clauses) {
        try {
            return switch (clauses.getFirst().subject()) {
                case COMMAND -> command(clauses);
                case READ -> new FileRules(clauses)::read;
                case EDIT -> new FileRules(clauses)::edit;
                case HOST -> {
                    HostRules hosts = new HostRules(clauses);
                    yield example -> host(hosts, example);
                }
                case REQUEST -> {
                    RequestRules requests = new RequestRules(new HostRules(clauses), clauses);
                    boolean grants = clauses.getFirst().effect() == Effect.ALLOW;
                    yield example -> WrittenRequest.parse(example).orElseThrow().judge(requests, grants);
                }
                case TOOL, SECRET, REMOTE ->
                    throw new IllegalArgumentException("such a rule has no examples: " + clauses.getFirst());
            };
        } catch (PatternException checkedBefore) {
            throw new IllegalStateException(checkedBefore);
        }
    }

    /** Commands that nobody names are allowed as well, so a rule that allows has to be seen to list them. */
    private static Function<String, Verdict> command(List<Clause> clauses) throws PatternException {
        CommandRules rules = new CommandRules(clauses);
        Clause first = clauses.getFirst();
        return first.effect() == Effect.ALLOW
                ? line -> rules.everyCommandListed(line) ? new Verdict.Allowed(words(first)) : rules.judge(line)
                : rules::judge;
    }

    private static String words(Clause clause) {
        return clause.effect().heading() + " " + clause.origin().text();
    }

    private static Verdict host(HostRules hosts, String example) {
        int colon = example.lastIndexOf(':');
        String port = example.substring(colon + 1);
        boolean hasPort = colon > example.lastIndexOf(']')
                && !port.isEmpty()
                && port.length() <= 5
                && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return hosts.judge(
                hasPort ? example.substring(0, colon) : example, hasPort ? Integer.parseInt(port) : USUAL_PORT);
    }

    /** Whether it was one of these rules that decided, and not what holds without any. */
    static boolean decided(List<Clause> clauses, Verdict verdict) {
        return clauses.stream().anyMatch(clause -> decided(clause, verdict));
    }

    private static boolean decided(Clause clause, Verdict verdict) {
        String rule = words(clause);
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
                case COMMAND -> new Extent(clause, Covering.command(clause.pattern()));
                case READ, EDIT -> {
                    PathPattern path = PathPattern.parse(clause.pattern());
                    yield new Extent(clause, path.canonical(clause.effect()), Optional.of(path), Optional.empty());
                }
                case HOST -> {
                    HostPattern host = host(clause);
                    yield new Extent(
                            clause, host.toString(), Optional.empty(), Optional.of(RequestPattern.every(host)));
                }
                case REQUEST -> {
                    RequestPattern request = request(clause);
                    yield new Extent(
                            clause,
                            clause.effect() == Effect.ALLOW ? request.toString() : request.canonical(),
                            Optional.empty(),
                            Optional.of(request));
                }
                case SECRET ->
                    new Extent(
                            clause,
                            clause.pattern(),
                            Optional.empty(),
                            Optional.of(RequestPattern.every(
                                    SecretPattern.parse(clause.pattern()).host())));
                case REMOTE ->
                    new Extent(
                            clause,
                            clause.pattern(),
                            Optional.empty(),
                            Optional.of(RequestPattern.parse(
                                    Remote.parse(clause.pattern()).fetching())));
                case TOOL -> new Extent(clause, clause.pattern());
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

    private static RequestPattern request(Clause clause) throws PatternException {
        return clause.effect() == Effect.ALLOW
                ? RequestPattern.parse(clause.pattern())
                : RequestPattern.parseAny(clause.pattern());
    }
}
