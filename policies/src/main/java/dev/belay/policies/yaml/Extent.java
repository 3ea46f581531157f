package dev.belay.policies.yaml;

import dev.belay.policies.files.PathPattern;
import dev.belay.policies.language.Clause;
import java.util.Optional;

/**
 * What a rule speaks of, so that it can be held against others.
 *
 * @param text the same for two rules that mean the same, however they are written
 */
record Extent(Clause clause, String text, Optional<PathPattern> path) {
    String canonical() {
        return clause.effect() + " " + clause.subject() + " " + text;
    }

    /** Whether this, the stricter of two of one subject, leaves nothing to the other. */
    boolean covers(Extent other) {
        return switch (clause.subject()) {
            case COMMAND -> Covering.command(text, other.text);
            case READ, EDIT -> path.orElseThrow().covers(other.path.orElseThrow(), other.clause.effect());
            case HOST -> Covering.host(text, other.text);
            case TOOL -> text.equals(other.text);
        };
    }
}
