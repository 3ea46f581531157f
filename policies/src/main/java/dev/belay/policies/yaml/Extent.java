package dev.belay.policies.yaml;

import dev.belay.policies.files.PathPattern;
import dev.belay.policies.language.Clause;
import dev.belay.policies.network.RequestPattern;
import java.util.Optional;

/**
 * What a rule speaks of, so that it can be held against others.
 *
 * @param text the same for two rules that mean the same, however they are written
 * @param requests of a host, all that can be asked of it; of a secret, all of the host that it goes to; of a repository, what
 *     it cannot be fetched without
 */
record Extent(Clause clause, String text, Optional<PathPattern> path, Optional<RequestPattern> requests) {
    Extent(Clause clause, String text) {
        this(clause, text, Optional.empty(), Optional.empty());
    }

    String canonical() {
        return clause.effect() + " " + clause.subject() + " " + text;
    }

    /** Whether both are about the same things, so that one can leave nothing to the other. */
    boolean meets(Extent other) {
        return clause.subject() == other.clause.subject() || requests.isPresent() && other.requests.isPresent();
    }

    /** Whether this, the stricter of two that meet, leaves nothing to the other. */
    boolean covers(Extent other) {
        return switch (clause.subject()) {
            case COMMAND -> Covering.command(text, other.text);
            case READ, EDIT -> path.orElseThrow().covers(other.path.orElseThrow(), other.clause.effect());
            case HOST, REQUEST, SECRET, REMOTE ->
                Covering.requests(requests.orElseThrow(), other.requests.orElseThrow());
            case TOOL -> text.equals(other.text);
        };
    }
}
