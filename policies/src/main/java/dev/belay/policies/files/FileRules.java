package dev.belay.policies.files;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a task may read and change. A denial wins, then a question. What no rule names is readable; it may be changed unless
 * there is a list of what may be.
 */
public final class FileRules {
    private static final String LAYER = "tool";
    private static final Verdict STANDARD = new Verdict.Allowed("ALLOWED files (default)");
    private static final int SHOWN = 8;

    private record Rule(Clause clause, PathPattern pattern) {}

    private final List<Rule> rules;
    private final List<Rule> editable;

    /** @param readAndEditClauses of the subjects READ and EDIT; any others are passed over */
    public FileRules(List<Clause> readAndEditClauses) throws PatternException {
        List<Rule> all = new ArrayList<>();
        for (Clause clause : readAndEditClauses) {
            if (clause.subject() == Subject.READ || clause.subject() == Subject.EDIT) {
                all.add(new Rule(clause, PathPattern.parse(clause.pattern())));
            }
        }
        rules = List.copyOf(all);
        editable = all.stream()
                .filter(rule -> is(rule, Subject.EDIT, Effect.ALLOW))
                .toList();
    }

    /** Whether only what a list names may be changed. */
    public boolean boundsEdits() {
        return !editable.isEmpty();
    }

    /** May a task change what is at this path? */
    public Verdict edit(String projectPath) {
        return switch (ProjectPath.of(projectPath)) {
            case ProjectPath.Outside(String why) -> outside(projectPath, why);
            case ProjectPath.Inside inside ->
                stopped(Subject.EDIT, projectPath, inside).orElseGet(() -> listed(projectPath, inside));
        };
    }

    /** May a task read what is at this path? */
    public Verdict read(String projectPath) {
        return switch (ProjectPath.of(projectPath)) {
            case ProjectPath.Outside(String why) -> outside(projectPath, why);
            case ProjectPath.Inside inside ->
                stopped(Subject.READ, projectPath, inside).orElse(STANDARD);
        };
    }

    private static boolean is(Rule rule, Subject subject, Effect effect) {
        return rule.clause().subject() == subject && rule.clause().effect() == effect;
    }

    private Optional<Verdict> stopped(Subject subject, String said, ProjectPath.Inside path) {
        return first(subject, Effect.DENY, path)
                .map(clause -> denied(clause, said))
                .or(() -> first(subject, Effect.ASK, path).map(clause -> asks(clause, said)));
    }

    private Optional<Clause> first(Subject subject, Effect effect, ProjectPath.Inside path) {
        return rules.stream()
                .filter(rule -> is(rule, subject, effect) && rule.pattern().forbids(path))
                .map(Rule::clause)
                .findFirst();
    }

    private Verdict listed(String said, ProjectPath.Inside path) {
        if (editable.isEmpty()) {
            return STANDARD;
        }
        return editable.stream()
                .filter(rule -> rule.pattern().permits(path))
                .findFirst()
                .<Verdict>map(rule -> new Verdict.Allowed(rule(rule.clause())))
                .orElseGet(() -> unlisted(said));
    }

    private Verdict unlisted(String said) {
        String list = editable.stream()
                        .limit(SHOWN)
                        .map(rule -> rule.clause().pattern())
                        .collect(Collectors.joining(", "))
                + (editable.size() > SHOWN ? " and " + (editable.size() - SHOWN) + " more" : "");
        return new Verdict.Denied(
                LAYER,
                "ALLOWED paths " + list,
                place(editable.getFirst().clause().origin()),
                Quoted.of(said) + " is not among the paths that may be changed",
                "leave it, or say what should change there; trying again does not help");
    }

    private static Verdict denied(Clause clause, String said) {
        Origin origin = clause.origin();
        return new Verdict.Denied(
                LAYER,
                rule(clause),
                place(origin),
                reason(clause, said),
                "leave it; trying again does not help, only a person can take the rule at " + place(origin) + " away");
    }

    private static Verdict asks(Clause clause, String said) {
        return new Verdict.Asks(
                LAYER,
                rule(clause),
                place(clause.origin()),
                reason(clause, said),
                "a person has to agree to it, or take the rule at " + place(clause.origin()) + " away");
    }

    private static Verdict outside(String said, String why) {
        return new Verdict.Denied(
                LAYER,
                "RESTRICTED paths outside the project (default)",
                "default",
                Quoted.of(said) + " " + why,
                "use a path as seen from the project's root; no rule can allow another");
    }

    private static String rule(Clause clause) {
        return clause.effect().heading() + " " + clause.origin().text();
    }

    private static String place(Origin origin) {
        return origin.spot().lineOnly();
    }

    private static String reason(Clause clause, String said) {
        if (!clause.origin().reason().isBlank()) {
            return clause.origin().reason();
        }
        String verb = clause.subject() == Subject.READ ? "read" : "changed";
        return Quoted.of(said)
                + (clause.effect() == Effect.ASK
                        ? " is " + verb + " only when a person agrees"
                        : " must not be " + verb);
    }
}
