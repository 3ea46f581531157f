package dev.belay.policies;

import dev.belay.policies.git.Remote;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.network.RequestPattern;
import dev.belay.policies.secrets.SecretPattern;
import dev.belay.policies.yaml.PolicyFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What whoever runs the controller lets projects and people ask for, in the language of a policy file. It denies, and it
 * bounds: its {@code network.allow}, {@code secrets} and {@code git} are the most that can be granted, and grant nothing by
 * themselves. Without one of these it bounds nothing of the kind.
 */
final class Ceiling {
    private final Source source;
    private final Reading reading;

    private Ceiling(Source source, Reading reading) {
        this.source = source;
        this.reading = reading;
    }

    static Ceiling read(Source source) {
        return new Ceiling(source, PolicyFile.read(source));
    }

    /** What it takes away, as lines of the policy that it bounds. */
    List<Line> denials() {
        return reading.lines().stream()
                .filter(line -> !(line instanceof Line.Rules rules)
                        || rules.clauses().stream().allMatch(clause -> clause.effect() != Effect.ALLOW))
                .toList();
    }

    Settings settings() {
        return reading.settings();
    }

    /** The most that can be granted; none bounds nothing. */
    List<Clause> bounds() {
        return allowing().filter(Compiled::isRequest).toList();
    }

    /** What is wrong with it by itself: a bound that would not hold is refused, and never passed over. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(reading.problems());
        allowing()
                .filter(clause -> !Compiled.isRequest(clause))
                .forEach(clause -> problems.add(new Problem(
                        clause.origin().spot(),
                        clause.origin().text()
                                + " allows something, and a ceiling only bounds hosts, secrets and repositories, and denies",
                        "write what is not allowed under restricted, or under tools.disallowed")));
        if (reading.settings().otherCommands() != Effect.ALLOW) {
            problems.add(new Problem(
                    new Spot(source.file(), 0, 0),
                    "commands.others is for a project, whose list of commands it closes",
                    "write what is not allowed under restricted"));
        }
        return problems;
    }

    /** Why what is asked for is more than can be granted; of each line once, whatever follows from it. */
    List<Problem> refused(List<Clause> requests) {
        List<Clause> bounds = bounds();
        Set<Subject> bounded =
                Following.without(bounds).stream().map(Ceiling::kind).collect(Collectors.toSet());
        Following following = new Following(requests);
        return requests.stream()
                .filter(request ->
                        bounded.contains(kind(request)) && bounds.stream().noneMatch(bound -> covers(bound, request)))
                .map(request -> following.has(request)
                        ? problem(request, request.origin().text(), "git or network.allow")
                        : problem(request, request.pattern(), key(request)))
                .distinct()
                .toList();
    }

    private Problem problem(Clause request, String what, String key) {
        return new Problem(
                request.origin().spot(),
                what + " is more than " + source.file() + " lets anybody grant",
                "ask whoever runs the controller to name it under " + key + " of " + source.file());
    }

    private static String key(Clause request) {
        return switch (kind(request)) {
            case SECRET -> "secrets";
            case REMOTE -> "git";
            default -> "network.allow";
        };
    }

    /** Hosts and requests bound each other. */
    private static Subject kind(Clause clause) {
        return clause.subject() == Subject.REQUEST ? Subject.HOST : clause.subject();
    }

    private Stream<Clause> allowing() {
        return reading.lines().stream()
                .filter(Line.Rules.class::isInstance)
                .flatMap(line -> ((Line.Rules) line).clauses().stream())
                .filter(clause -> clause.effect() == Effect.ALLOW);
    }

    private static boolean covers(Clause bound, Clause request) {
        if (kind(bound) != kind(request)) {
            return false;
        }
        try {
            return switch (kind(bound)) {
                case SECRET -> SecretPattern.parse(bound.pattern()).covers(SecretPattern.parse(request.pattern()));
                case REMOTE -> Remote.parse(bound.pattern()).covers(Remote.parse(request.pattern()));
                default -> pattern(bound).permitsAll(pattern(request));
            };
        } catch (PatternException unreadable) {
            return false;
        }
    }

    private static RequestPattern pattern(Clause clause) throws PatternException {
        return clause.subject() == Subject.HOST
                ? RequestPattern.every(HostPattern.parse(clause.pattern()))
                : RequestPattern.parse(clause.pattern());
    }
}
