package dev.belay.policies.files;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;

/** One rule on files, and what is said where it holds. */
final class FileRule {
    static final String LAYER = "tool";

    private final Clause clause;
    private final PathPattern pattern;
    private final String text;
    private final Verdict allowed;

    FileRule(Clause clause) throws PatternException {
        this.clause = clause;
        this.pattern = PathPattern.parse(clause.pattern());
        this.text = clause.effect().heading() + " " + clause.origin().text();
        this.allowed = new Verdict.Allowed(text);
    }

    boolean is(Subject subject, Effect effect) {
        return clause.subject() == subject && clause.effect() == effect;
    }

    /** As it was written. */
    String pattern() {
        return clause.pattern();
    }

    String place() {
        return clause.origin().spot().lineOnly();
    }

    boolean permits(ProjectPath.Inside path) {
        return pattern.permits(path);
    }

    boolean forbids(ProjectPath.Inside path) {
        return pattern.forbids(path);
    }

    /** @param said the path, as it was asked about */
    Verdict verdict(String said) {
        return switch (clause.effect()) {
            case ALLOW -> allowed;
            case DENY ->
                new Verdict.Denied(
                        LAYER,
                        text,
                        place(),
                        reason(said),
                        "leave it; trying again does not help, only a person can take the rule at " + place()
                                + " away");
            case ASK ->
                new Verdict.Asks(
                        LAYER,
                        text,
                        place(),
                        reason(said),
                        "a person has to agree to it, or take the rule at " + place() + " away");
        };
    }

    private String reason(String said) {
        Origin origin = clause.origin();
        if (!origin.reason().isBlank()) {
            return origin.reason();
        }
        String verb = clause.subject() == Subject.READ ? "read" : "changed";
        return Quoted.of(said)
                + (clause.effect() == Effect.ASK
                        ? " is " + verb + " only when a person agrees"
                        : " must not be " + verb);
    }
}
