package dev.belay.policies;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a policy means for who works under it, a sentence for each thing; nothing of what every sandbox has. */
final class RightsInWords {
    private static final int MOST = 60;

    private final List<Clause> clauses;

    RightsInWords(List<Clause> clauses) {
        this.clauses = List.copyOf(clauses);
    }

    List<String> sentences() {
        List<String> all = new ArrayList<>();
        add(all, Effect.ALLOW, Subject.EDIT, "Change only these files: %s. What else is changed is not delivered.");
        add(all, Effect.DENY, Subject.EDIT, "Do not change these files: %s. They are not delivered.");
        add(all, Effect.DENY, Subject.READ, "Do not read these files: %s.");
        add(all, Effect.DENY, Subject.COMMAND, "Do not run these commands, in any form: %s.");
        add(all, Effect.ASK, Subject.COMMAND, "These commands need a person, and nobody can be asked: %s.");
        return all;
    }

    /** The hosts that can be reached; nothing where there is none. */
    String hosts() {
        return patterns(Effect.ALLOW, Subject.HOST);
    }

    private void add(List<String> all, Effect effect, Subject subject, String sentence) {
        String patterns = patterns(effect, subject);
        if (!patterns.isEmpty()) {
            all.add(sentence.formatted(patterns));
        }
    }

    private String patterns(Effect effect, Subject subject) {
        return clauses.stream()
                .filter(clause -> clause.effect() == effect && clause.subject() == subject)
                .map(clause -> "`" + clause.pattern() + "`")
                .distinct()
                .limit(MOST)
                .collect(Collectors.joining(", "));
    }
}
