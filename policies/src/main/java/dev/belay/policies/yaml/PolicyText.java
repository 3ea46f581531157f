package dev.belay.policies.yaml;

import dev.belay.policies.ToolName;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules, written as a {@code .belay/policy.yaml} that says the same. What would never decide anything is left out and named
 * in a comment, because such a file is refused.
 */
public final class PolicyText {
    /** The lists of a policy, in the order of the file; those of one section stand together. */
    private static final List<String> KEYS = List.of(
            "allowed",
            "ask",
            "restricted",
            "network.allow",
            "network.deny",
            "files.write",
            "tools.allowed",
            "tools.disallowed");

    private final StringBuilder text = new StringBuilder();
    private final Map<Clause, Samples> samples;
    private final Map<String, List<Clause>> lists = new LinkedHashMap<>();
    private final List<Clause> unreached = new ArrayList<>();

    private PolicyText(List<Clause> clauses, Map<Clause, Samples> samples) {
        this.samples = samples;
        KEYS.forEach(key -> lists.put(key, new ArrayList<>()));
        for (Clause clause : reached(clauses)) {
            list(key(clause)).add(clause);
        }
    }

    /**
     * @param heading lines of a comment that the file begins with
     * @param samples of those clauses that have any
     */
    public static String of(List<String> heading, Reading reading, Map<Clause, Samples> samples) {
        List<Clause> clauses = reading.lines().stream()
                .filter(Line.Rules.class::isInstance)
                .flatMap(line -> ((Line.Rules) line).clauses().stream())
                .toList();
        PolicyText policy = new PolicyText(clauses, samples);
        heading.forEach(line -> policy.comment(shown(line)));
        policy.remarks(reading.lines());
        policy.text.append("policy: ").append(PolicyFile.VERSION).append('\n');
        policy.lists.forEach(policy::section);
        return policy.text.toString();
    }

    private List<Clause> list(String key) {
        return lists.computeIfAbsent(key, _ -> new ArrayList<>());
    }

    /**
     * Whoever finds out which rules decide nothing is asked, and not another who might think differently. A list that bounds
     * something must not vanish with its last rule: then everything is forbidden that it left out.
     */
    private List<Clause> reached(List<Clause> clauses) {
        List<Clause> left = new ArrayList<>(clauses);
        while (true) {
            Problems problems = new Problems("");
            List<Rule> rules = new ArrayList<>();
            for (Clause clause : left) {
                Spot number = new Spot("", rules.size() + 1, 0);
                rules.add(new Rule(
                        new Clause(clause.effect(), clause.subject(), clause.pattern(), new Origin("rule", number, "")),
                        key(clause)));
            }
            new DeadRules(problems).find(rules);
            List<Integer> dead = problems.inOrder().stream()
                    .map(problem -> problem.spot().line() - 1)
                    .distinct()
                    .sorted(Comparator.reverseOrder())
                    .toList();
            if (dead.isEmpty()) {
                return left;
            }
            dead.forEach(index -> unreached.add(left.remove((int) index)));
            bounds(Subject.EDIT, clauses, left);
            bounds(Subject.TOOL, clauses, left);
        }
    }

    private static void bounds(Subject subject, List<Clause> before, List<Clause> now) {
        Optional<Clause> bound = allows(subject, before);
        if (bound.isEmpty() || allows(subject, now).isPresent()) {
            return;
        }
        List<String> everything = subject == Subject.EDIT ? List.of("**") : ToolName.words();
        for (String pattern : everything) {
            if (now.stream()
                    .noneMatch(clause -> clause.effect() == Effect.DENY
                            && clause.subject() == subject
                            && clause.pattern().equals(pattern))) {
                now.add(new Clause(Effect.DENY, subject, pattern, bound.get().origin()));
            }
        }
    }

    private static Optional<Clause> allows(Subject subject, List<Clause> clauses) {
        return clauses.stream()
                .filter(clause -> clause.effect() == Effect.ALLOW && clause.subject() == subject)
                .findFirst();
    }

    /** A tool that is asked about is not given, as long as nobody can be asked. */
    private static String key(Clause clause) {
        boolean allows = clause.effect() == Effect.ALLOW;
        return switch (clause.subject()) {
            case HOST, REQUEST ->
                allows
                        ? "network.allow"
                        : clause.effect() == Effect.DENY
                                ? "network.deny"
                                : clause.effect().key();
            case EDIT -> allows ? "files.write" : clause.effect().key();
            case TOOL -> allows ? "tools.allowed" : "tools.disallowed";
            case COMMAND, READ -> clause.effect().key();
            case SECRET, REMOTE -> throw unsayable(clause);
        };
    }

    private void remarks(List<Line> lines) {
        List<String> open = new ArrayList<>();
        List<String> inherent = new ArrayList<>();
        for (Line line : lines) {
            switch (line) {
                case Line.NotEnforced not -> open.add(remark(not.origin()) + ": " + not.why());
                case Line.Inherent always -> inherent.add(remark(always.origin()) + ": " + always.mechanism());
                case Line.Rules _ -> {}
            }
        }
        remarks("Not translated, or not as it was meant:", open);
        remarks("So in every sandbox, whatever a policy says:", inherent);
        remarks(
                "Left out, because another rule decides all of it:",
                unreached.stream()
                        .map(clause -> remark(clause.origin()) + ": " + rule(clause))
                        .distinct()
                        .toList());
    }

    private void remarks(String title, List<String> remarks) {
        if (!remarks.isEmpty()) {
            comment("");
            comment(title);
            remarks.forEach(remark -> comment("  " + shown(remark)));
        }
    }

    private static String remark(Origin origin) {
        return origin.spot() + " " + origin.text();
    }

    private void comment(String line) {
        text.append(line.isEmpty() ? "#" : "# ").append(line).append('\n');
    }

    private void section(String key, List<Clause> clauses) {
        if (clauses.isEmpty()) {
            return;
        }
        int dot = key.indexOf('.');
        String indent = dot < 0 ? "" : "  ";
        if (dot < 0) {
            text.append('\n');
        } else {
            String section = key.substring(0, dot + 1);
            boolean first = KEYS.stream()
                    .filter(other -> other.startsWith(section) && !list(other).isEmpty())
                    .findFirst()
                    .filter(key::equals)
                    .isPresent();
            if (first) {
                text.append('\n').append(key, 0, dot).append(":\n");
            }
        }
        text.append(indent).append(key.substring(dot + 1)).append(":\n");
        clauses.forEach(clause -> item(indent + "  ", kind(key), clause));
    }

    private static String kind(String key) {
        return switch (key) {
            case "network.allow", "network.deny" -> "host";
            case "files.write" -> "path";
            case "tools.allowed", "tools.disallowed" -> "tool";
            default -> "rule";
        };
    }

    private void item(String indent, String kind, Clause clause) {
        Samples own = samples.getOrDefault(clause, Samples.NONE);
        String said = Scalar.of(kind.equals("rule") ? rule(clause) : clause.pattern());
        String reason = clause.origin().reason().strip();
        if (reason.isEmpty() && own.equals(Samples.NONE)) {
            text.append(indent).append("- ").append(said).append('\n');
            return;
        }
        text.append(indent).append("- ").append(kind).append(": ").append(said).append('\n');
        if (!reason.isEmpty()) {
            text.append(indent).append("  reason: ").append(Scalar.of(reason)).append('\n');
        }
        samples(indent, "match", own.match());
        samples(indent, "not_match", own.notMatch());
    }

    private void samples(String indent, String key, List<String> samples) {
        if (!samples.isEmpty()) {
            text.append(indent)
                    .append("  ")
                    .append(key)
                    .append(": [")
                    .append(String.join(", ", samples.stream().map(Scalar::of).toList()))
                    .append("]\n");
        }
    }

    private static String rule(Clause clause) {
        return switch (clause.subject()) {
            case COMMAND -> "Bash(" + clause.pattern() + ")";
            case READ -> "Read(" + clause.pattern() + ")";
            case EDIT -> "Edit(" + clause.pattern() + ")";
            case HOST -> "WebFetch(domain:" + clause.pattern() + ")";
            case TOOL -> clause.pattern();
            case REQUEST, SECRET, REMOTE -> throw unsayable(clause);
        };
    }

    private static IllegalArgumentException unsayable(Clause clause) {
        return new IllegalArgumentException("no other agent's policy has such rules: " + clause);
    }

    private static String shown(String line) {
        StringBuilder shown = new StringBuilder();
        line.codePoints().map(Quoted::visible).forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
