package dev.belay.policies;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Problem;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.network.RequestPattern;
import dev.belay.policies.secrets.SecretPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with secrets when all sources are seen at once, and each clause is right by itself. */
final class SecretProblems {
    private record Way(Clause clause, SecretPattern pattern, String variable) {}

    private final List<HostPattern> allowed = new ArrayList<>();
    private final List<Way> ways = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    private SecretProblems() {}

    static List<Problem> of(List<Clause> clauses) {
        SecretProblems secrets = new SecretProblems();
        clauses.stream().filter(clause -> clause.effect() == Effect.ALLOW).forEach(secrets::read);
        secrets.find();
        return secrets.problems;
    }

    private void read(Clause clause) {
        try {
            switch (clause.subject()) {
                case HOST -> allowed.add(HostPattern.parse(clause.pattern()));
                case REQUEST ->
                    allowed.add(RequestPattern.parse(clause.pattern()).host());
                case SECRET -> {
                    SecretPattern pattern = SecretPattern.parse(clause.pattern());
                    pattern.variable().ifPresent(variable -> ways.add(new Way(clause, pattern, variable)));
                }
                case COMMAND, READ, EDIT, REMOTE, TOOL -> {}
            }
        } catch (PatternException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }

    private void find() {
        Map<String, Way> byName = new HashMap<>();
        Map<String, Way> byVariable = new HashMap<>();
        for (Way way : ways) {
            SecretPattern pattern = way.pattern();
            if (allowed.stream().noneMatch(pattern.host()::overlaps)) {
                problem(
                        way,
                        "`" + pattern.name() + "` goes to " + pattern.host() + ", which nothing allows",
                        "name it under network.allow: " + pattern.host());
            }
            Way first = byName.computeIfAbsent(pattern.name(), _ -> way);
            if (!first.variable().equals(way.variable())) {
                problem(
                        way,
                        "`" + pattern.name() + "` is in `$" + way.variable() + "` here and in `$" + first.variable()
                                + "` at " + first.clause().origin().spot(),
                        "write the same variable in both");
            }
            Way other = byVariable.computeIfAbsent(way.variable(), _ -> way);
            if (!other.pattern().name().equals(pattern.name())) {
                problem(
                        way,
                        "`$" + way.variable() + "` is to hold `" + pattern.name() + "` here and `"
                                + other.pattern().name() + "` at "
                                + other.clause().origin().spot(),
                        "write another variable under `env`");
            }
        }
    }

    private void problem(Way way, String what, String fix) {
        problems.add(new Problem(way.clause().origin().spot(), what, fix));
    }
}
