package dev.belay.policies.prose;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.RuleString;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What becomes of one sentence. */
final class Findings {
    static final String MOUNT = "mount: only the project's copy is in the sandbox";
    static final String GATEWAY = "gateway: no host is reachable that is not listed";
    static final String DELIVERY = "delivery: a result is staged in the repository, never committed";
    static final String WRITABLE = "mount: the project's copy can be read and changed";
    static final String READABLE = "mount: the project's copy can be read";

    private final Origin origin;
    private final Set<Clause> clauses = new LinkedHashSet<>();
    private final Set<String> mechanisms = new LinkedHashSet<>();
    private final Set<String> whys = new LinkedHashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    Findings(Origin origin) {
        this.origin = origin;
    }

    Findings another() {
        return new Findings(origin);
    }

    void rule(Effect effect, Subject subject, String pattern) {
        clauses.add(new Clause(effect, subject, pattern, origin));
    }

    void command(Effect effect, String line) {
        rule(effect, Subject.COMMAND, line.indexOf('*') >= 0 ? line : line + " *");
    }

    void inherent(String mechanism) {
        mechanisms.add(mechanism);
    }

    void notEnforced(String why) {
        whys.add(why);
    }

    void problem(String what, String fix) {
        problems.add(new Problem(origin.spot(), what, fix));
    }

    /** A rule as other agents know it. */
    void ruleString(Effect effect, String text) {
        RuleString rule;
        try {
            rule = RuleString.parse(text);
        } catch (PatternException malformed) {
            problem(String.valueOf(malformed.getMessage()), malformed.fix());
            return;
        }
        switch (rule.tool()) {
            case "Bash" -> rule(effect, Subject.COMMAND, rule.text());
            case "Edit", "Write", "MultiEdit", "NotebookEdit" -> rule(effect, Subject.EDIT, rule.text());
            case "Read", "Glob", "Grep" -> rule(effect, Subject.READ, rule.text());
            case "WebFetch" -> fetch(effect, rule.text());
            default -> notEnforced("there is no tool " + rule.tool() + " here");
        }
    }

    private void fetch(Effect effect, String text) {
        String host = text.startsWith("domain:") ? text.substring("domain:".length()) : "";
        if (Patterns.looksLikeHost(host)) {
            rule(effect, Subject.HOST, host);
        } else {
            problem("`WebFetch(" + text + ")` names no host", "write WebFetch(domain:api.example.com)");
        }
    }

    boolean any() {
        return !clauses.isEmpty() || !mechanisms.isEmpty() || !problems.isEmpty();
    }

    boolean exact() {
        return any() && whys.isEmpty();
    }

    boolean understood() {
        return whys.isEmpty();
    }

    boolean names(Subject subject) {
        return clauses.stream().anyMatch(clause -> clause.subject() == subject);
    }

    boolean allows() {
        return clauses.stream().anyMatch(clause -> clause.effect() == Effect.ALLOW);
    }

    boolean inherentOnly() {
        return clauses.isEmpty() && whys.isEmpty() && !mechanisms.isEmpty();
    }

    void take(Findings other) {
        clauses.addAll(other.clauses);
        mechanisms.addAll(other.mechanisms);
        whys.addAll(other.whys);
        problems.addAll(other.problems);
    }

    List<Problem> problems() {
        return problems;
    }

    List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        if (!clauses.isEmpty()) {
            lines.add(new Line.Rules(origin, List.copyOf(clauses)));
        }
        mechanisms.forEach(mechanism -> lines.add(new Line.Inherent(origin, mechanism)));
        whys.forEach(why -> lines.add(new Line.NotEnforced(origin, why)));
        return lines;
    }
}
