package dev.belay.policies.language;

import java.util.List;

/** What became of one line of a source. Every line that speaks of rights becomes one of these; none is dropped. */
public sealed interface Line {
    Origin origin();

    /** It became rules. */
    record Rules(Origin origin, List<Clause> clauses) implements Line {
        public Rules {
            clauses = List.copyOf(clauses);
        }
    }

    /**
     * It is true of every sandbox, whatever a policy says.
     *
     * @param mechanism what makes it true: {@code mount: only the project's copy is in the sandbox}
     */
    record Inherent(Origin origin, String mechanism) implements Line {}

    /**
     * Nothing enforces it.
     *
     * @param why one sentence
     */
    record NotEnforced(Origin origin, String why) implements Line {}
}
