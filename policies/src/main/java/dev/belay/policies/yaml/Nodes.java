package dev.belay.policies.yaml;

import dev.belay.policies.language.Quoted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Takes nodes for what they have to be; where they are not, that is a problem and nothing comes back. */
public final class Nodes {
    public record Entry(Node key, Node value) {}

    private final Problems problems;

    public Nodes(Problems problems) {
        this.problems = problems;
    }

    /** @param what in messages: {@code the policy}, {@code `network`} */
    public Map<String, Entry> mapping(Node node, String what, Keys keys) {
        Map<String, Entry> members = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            problems.add(node, what + " must be a mapping" + found(node), keys.list());
            return members;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                problems.add(key, "a key of " + what + " must be a plain word", keys.list());
                continue;
            }
            String name = scalar.getValue();
            if (members.containsKey(name)) {
                problems.add(key, "the key " + Quoted.of(name) + " is in " + what + " twice", "keep one of them");
            } else if (keys.known().contains(name)) {
                members.put(name, new Entry(key, tuple.getValueNode()));
            } else {
                unknown(key, name, what, keys);
            }
        }
        return members;
    }

    private void unknown(Node key, String name, String what, Keys keys) {
        String until = keys.later().get(name);
        String never = keys.never().get(name);
        if (never != null) {
            problems.add(key, Quoted.of(name) + " is no key of " + what, never);
        } else if (until != null) {
            problems.add(key, Quoted.of(name) + " is not in this version", until);
        } else {
            problems.add(key, "unknown key " + Quoted.of(name) + " in " + what + keys.hint(name), keys.list());
        }
    }

    /** Empty, too, where it is no list. */
    public List<Node> list(Node node, String what) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        problems.add(node, what + " must be a list" + found(node), "begin each item with a dash, or write [] for none");
        return List.of();
    }

    /** A list that has to name something; an empty one could be meant for everything and for nothing. */
    public List<Node> someOf(Node node, String what, String fix) {
        List<Node> items = list(node, what);
        if (node instanceof SequenceNode && items.isEmpty()) {
            problems.add(node, what + " names nothing", fix);
        }
        return items;
    }

    public Optional<ScalarNode> string(Node node, String what) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
            if (scalar.getValue().isBlank()) {
                problems.add(node, what + " is empty", "write it, or take it out");
                return Optional.empty();
            }
            return Optional.of(scalar);
        }
        boolean unquoted =
                node instanceof ScalarNode scalar && !scalar.getValue().isEmpty();
        problems.add(
                node,
                what + " must be a string" + found(node),
                unquoted ? "put it in quotes" : "write it on one line, in quotes");
        return Optional.empty();
    }

    /** The same, of a text that may hold what must not be shown. */
    Optional<ScalarNode> hidden(Node node, String what) {
        if (node instanceof ScalarNode scalar
                && !scalar.getTag().equals(Tag.STR)
                && !scalar.getValue().isEmpty()) {
            problems.add(node, what + " must be a string", "put it in quotes");
            return Optional.empty();
        }
        return string(node, what);
    }

    public static String found(Node node) {
        return switch (node) {
            case ScalarNode scalar when scalar.getValue().isEmpty() -> ", and nothing is there";
            case ScalarNode scalar when !scalar.isPlain() -> ", not the text " + Quoted.of(scalar.getValue());
            case ScalarNode scalar -> ", not " + Quoted.of(scalar.getValue());
            case SequenceNode _ -> ", not a list";
            case MappingNode _ -> ", not a mapping";
            default -> "";
        };
    }
}
