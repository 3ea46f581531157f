package dev.belay.policies.files;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a task may read and change. A denial wins, then a question. What no rule names is readable; it may be changed unless
 * there is a list of what may be.
 */
public final class FileRules {
    private static final Verdict STANDARD = new Verdict.Allowed("ALLOWED files (default)");
    private static final int SHOWN = 8;

    /** The denials, then the questions. */
    private final List<FileRule> againstReads;

    private final List<FileRule> againstEdits;
    private final List<FileRule> editable;
    private final String list;

    /** @param readAndEditClauses of the subjects READ and EDIT; any others are passed over */
    public FileRules(List<Clause> readAndEditClauses) throws PatternException {
        List<FileRule> all = new ArrayList<>();
        for (Clause clause : readAndEditClauses) {
            if (clause.subject() == Subject.READ || clause.subject() == Subject.EDIT) {
                all.add(new FileRule(clause));
            }
        }
        againstReads = against(Subject.READ, all);
        againstEdits = against(Subject.EDIT, all);
        editable = of(Subject.EDIT, Effect.ALLOW, all).toList();
        list = list(editable);
    }

    private static List<FileRule> against(Subject subject, List<FileRule> rules) {
        return Stream.concat(of(subject, Effect.DENY, rules), of(subject, Effect.ASK, rules))
                .toList();
    }

    private static Stream<FileRule> of(Subject subject, Effect effect, List<FileRule> rules) {
        return rules.stream().filter(rule -> rule.is(subject, effect));
    }

    private static String list(List<FileRule> editable) {
        return editable.stream().limit(SHOWN).map(FileRule::pattern).collect(Collectors.joining(", "))
                + (editable.size() > SHOWN ? " and " + (editable.size() - SHOWN) + " more" : "");
    }

    /** Whether only what a list names may be changed. */
    public boolean boundsEdits() {
        return !editable.isEmpty();
    }

    /** May a task change what is at this path? */
    public Verdict edit(String projectPath) {
        return switch (ProjectPath.of(projectPath)) {
            case ProjectPath.Outside(String why) -> outside(projectPath, why);
            case ProjectPath.Inside inside -> {
                Verdict stopped = stopped(againstEdits, projectPath, inside);
                yield stopped == null ? listed(projectPath, inside) : stopped;
            }
        };
    }

    /** May a task read what is at this path? */
    public Verdict read(String projectPath) {
        return switch (ProjectPath.of(projectPath)) {
            case ProjectPath.Outside(String why) -> outside(projectPath, why);
            case ProjectPath.Inside inside -> {
                Verdict stopped = stopped(againstReads, projectPath, inside);
                yield stopped == null ? STANDARD : stopped;
            }
        };
    }

    private static @Nullable Verdict stopped(List<FileRule> against, String said, ProjectPath.Inside path) {
        for (FileRule rule : against) {
            if (rule.forbids(path)) {
                return rule.verdict(said);
            }
        }
        return null;
    }

    private Verdict listed(String said, ProjectPath.Inside path) {
        if (editable.isEmpty()) {
            return STANDARD;
        }
        for (FileRule rule : editable) {
            if (rule.permits(path)) {
                return rule.verdict(said);
            }
        }
        return new Verdict.Denied(
                FileRule.LAYER,
                "ALLOWED paths " + list,
                editable.getFirst().place(),
                Quoted.of(said) + " is not among the paths that may be changed",
                "leave it, or say what should change there; trying again does not help");
    }

    private static Verdict outside(String said, String why) {
        return new Verdict.Denied(
                FileRule.LAYER,
                "RESTRICTED paths outside the project (default)",
                "default",
                Quoted.of(said) + " " + why,
                "use a path as seen from the project's root; no rule can allow another");
    }
}
