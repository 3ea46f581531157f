package dev.belay.policies.yaml;

import dev.belay.policies.language.Spot;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * One item of a list of rules.
 *
 * @param requests what a host is narrowed to; empty where it is meant whole
 * @param match examples that the rule has to speak of
 * @param notMatch examples that it must not speak of
 */
record Item(
        ScalarNode node,
        Spot spot,
        Optional<Requests> requests,
        String reason,
        List<ScalarNode> match,
        List<ScalarNode> notMatch) {
    /** None of one of them means every one. */
    record Requests(List<ScalarNode> methods, List<ScalarNode> paths) {}

    String text() {
        return node.getValue();
    }

    /** Without quotes, where YAML ends a text at what a rule may well have in it: a comma, a colon, a number sign. */
    boolean plain() {
        return node.getScalarStyle() == ScalarStyle.PLAIN;
    }

    /** Where a character of the text stands; where the text begins, if it is not written as it is. */
    Spot at(int offset) {
        return at(node, spot, offset);
    }

    /** The same, of another part of the item. */
    static Spot at(ScalarNode node, Spot spot, int offset) {
        Optional<Mark> start = node.getStartMark();
        Optional<Mark> end = node.getEndMark();
        String text = node.getValue();
        int quote = node.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 1;
        int length = text.codePointCount(0, text.length());
        boolean asWritten = start.isPresent()
                && end.isPresent()
                && start.get().getLine() == end.get().getLine()
                && end.get().getColumn() - start.get().getColumn() == length + 2 * quote;
        int within = Math.clamp(offset, 0, text.length());
        return asWritten
                ? new Spot(spot.file(), spot.line(), spot.column() + quote + text.codePointCount(0, within))
                : spot;
    }
}
