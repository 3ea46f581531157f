package dev.belay.policies.environment.foreign;

import dev.belay.policies.language.Spot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Mappings of a workflow, whose texts may hold expressions that only its service can reckon. */
final class YamlParts {
    private static final String EXPRESSION = "${{";

    private final NewEnvironment into;

    YamlParts(NewEnvironment into) {
        this.into = into;
    }

    record Member(Node key, Node value) {}

    /** In the order of the file; a problem where it is no mapping, or says a key twice. */
    Map<String, Member> members(Node node, String what) {
        Map<String, Member> members = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            into.problems().add(node, what + " must be a mapping", "mend it");
            return members;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                into.problems().add(tuple.getKeyNode(), "a key of " + what + " must be a plain word", "mend it");
            } else if (members.putIfAbsent(key.getValue(), new Member(key, tuple.getValueNode())) != null) {
                into.problems()
                        .add(
                                key,
                                "the key `" + NewEnvironment.shown(key.getValue()) + "` is in " + what + " twice",
                                "keep one of them");
            }
        }
        return members;
    }

    Spot spot(Member member) {
        return into.problems().spot(member.key());
    }

    void other(String part, String key, Member member, Map<String, Answer> answers) {
        switch (answers.getOrDefault(key, Answer.UNKNOWN)) {
            case Answer.NotNeeded(String why) -> into.notNeeded(spot(member), part, why);
            case Answer.Refused(String why, String instead) -> into.refused(spot(member), part, why, instead);
        }
    }

    /** The text that stands there; refused where it is none, or one that is still to be reckoned. */
    Optional<String> text(String part, Member member) {
        if (!(member.value() instanceof ScalarNode scalar)) {
            into.refused(spot(member), part, "it must be a text", "mend it, or write it yourself");
            return Optional.empty();
        }
        if (hasExpression(scalar)) {
            into.refused(
                    spot(member),
                    part,
                    "an expression in it has no value outside of that service",
                    "write what it stands for; a secret belongs into .belay/policy.yaml and belay secret set");
            return Optional.empty();
        }
        return Optional.of(scalar.getValue());
    }

    /** Where a mapping could stand. */
    static boolean isExpression(Member member) {
        return member.value() instanceof ScalarNode scalar && hasExpression(scalar);
    }

    static boolean hasExpression(Node node) {
        return switch (node) {
            case ScalarNode scalar -> scalar.getValue().contains(EXPRESSION);
            case SequenceNode list -> list.getValue().stream().anyMatch(YamlParts::hasExpression);
            case MappingNode mapping ->
                mapping.getValue().stream().anyMatch(tuple -> hasExpression(tuple.getValueNode()));
            default -> false;
        };
    }
}
