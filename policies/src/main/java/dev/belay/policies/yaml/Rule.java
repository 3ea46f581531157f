package dev.belay.policies.yaml;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Spot;
import java.util.List;

/**
 * A rule and where it is from.
 *
 * @param clauses the first is what the author means; others follow from it
 * @param key what it stands under: {@code allowed}, {@code network.deny}
 */
record Rule(List<Clause> clauses, String key) {
    Rule {
        clauses = List.copyOf(clauses);
    }

    Rule(Clause clause, String key) {
        this(List.of(clause), key);
    }

    Clause clause() {
        return clauses.getFirst();
    }

    Line line() {
        return new Line.Rules(clause().origin(), clauses);
    }

    Spot spot() {
        return clause().origin().spot();
    }

    String text() {
        return clause().origin().text();
    }
}
