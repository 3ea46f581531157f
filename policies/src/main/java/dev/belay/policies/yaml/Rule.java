package dev.belay.policies.yaml;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Spot;
import java.util.List;

/**
 * A rule and where it is from.
 *
 * @param key what it stands under: {@code allowed}, {@code network.deny}
 */
record Rule(Clause clause, String key) {
    Line line() {
        return new Line.Rules(clause.origin(), List.of(clause));
    }

    Spot spot() {
        return clause.origin().spot();
    }

    String text() {
        return clause.origin().text();
    }
}
