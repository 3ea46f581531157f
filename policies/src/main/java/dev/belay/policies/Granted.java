package dev.belay.policies;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.util.List;

/**
 * A host that a person lets one task reach, whatever the project asked for. What a rule denies stays denied.
 *
 * @param by who said so
 */
public record Granted(String host, String by) {
    /** What such a rule is said to be written in, where others name a file. */
    public static final String PLACE = "belay policy allow";

    Line line() {
        Origin origin = new Origin(host, new Spot(PLACE, 0, 0), "allowed by " + by);
        return new Line.Rules(origin, List.of(new Clause(Effect.ALLOW, Subject.HOST, host, origin)));
    }
}
