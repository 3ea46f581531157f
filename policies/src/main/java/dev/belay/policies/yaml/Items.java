package dev.belay.policies.yaml;

import dev.belay.policies.language.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the items of lists of rules: a text, or a mapping that says more about it. */
final class Items {
    static final int MAX_RULES = 2_000;
    private static final int MAX_TEXT = 1_000;

    private final Problems problems;
    private final Nodes nodes;
    private int rules;

    Items(Problems problems, Nodes nodes) {
        this.problems = problems;
        this.nodes = nodes;
    }

    /** @param kind what an item is, and the key that it has in a mapping: {@code rule}, {@code host}, {@code path} */
    List<Item> of(List<Node> list, String kind) {
        List<Item> items = new ArrayList<>();
        for (Node node : list) {
            if (isOneTooMany(node)) {
                break;
            }
            item(node, kind).ifPresent(items::add);
        }
        return items;
    }

    boolean isOneTooMany(Node node) {
        if (++rules == MAX_RULES + 1) {
            problems.add(node, "the policy has more than " + MAX_RULES + " rules", "name folders and hosts by *");
        }
        return rules > MAX_RULES;
    }

    private Optional<Item> item(Node node, String kind) {
        if (!(node instanceof MappingNode mapping)) {
            return text(node, "a " + kind)
                    .map(text -> new Item(text, problems.spot(text), Optional.empty(), "", List.of(), List.of()));
        }
        if (isRuleWithColon(mapping)) {
            problems.add(
                    node,
                    "this " + kind + " has `: ` in it, which makes a mapping of it",
                    "put the whole " + kind + " in quotes");
            return Optional.empty();
        }
        Map<String, Nodes.Entry> members = nodes.mapping(node, "a " + kind, Keys.item(kind));
        String reason = reason(members.get("reason")).orElse("");
        Optional<Item.Requests> requests = requests(members);
        List<ScalarNode> match = examples(members.get("match"), "`match`");
        List<ScalarNode> notMatch = examples(members.get("not_match"), "`not_match`");
        Nodes.Entry rule = members.get(kind);
        if (isLost(members.get("methods"), requests.map(Item.Requests::methods))
                || isLost(members.get("paths"), requests.map(Item.Requests::paths))) {
            return Optional.empty();
        }
        if (rule == null) {
            problems.add(node, "`" + kind + "` is missing", "add `" + kind + "` with its text");
            return Optional.empty();
        }
        return text(rule.value(), "`" + kind + "`")
                .map(text -> new Item(text, problems.spot(text), requests, reason, match, notMatch));
    }

    /** Empty where it is there and is none. */
    Optional<String> reason(Nodes.@Nullable Entry entry) {
        return entry == null ? Optional.of("") : text(entry.value(), "`reason`").map(ScalarNode::getValue);
    }

    private static boolean isRuleWithColon(MappingNode mapping) {
        return mapping.getValue().size() == 1
                && mapping.getValue().getFirst() instanceof NodeTuple only
                && only.getKeyNode() instanceof ScalarNode key
                && key.getValue().indexOf('(') > 0;
    }

    private Optional<Item.Requests> requests(Map<String, Nodes.Entry> members) {
        if (!members.containsKey("methods") && !members.containsKey("paths")) {
            return Optional.empty();
        }
        return Optional.of(
                new Item.Requests(counted(members.get("methods"), "method"), counted(members.get("paths"), "path")));
    }

    /** Each counts as a rule: what is written in one item is held against the others like what is written in many. */
    private List<ScalarNode> counted(Nodes.@Nullable Entry entry, String each) {
        List<ScalarNode> all =
                texts(entry, "`" + each + "s`", "a " + each, "name a " + each + ", or take it out: then all are meant");
        for (int i = 0; i < all.size(); i++) {
            if (isOneTooMany(all.get(i))) {
                return all.subList(0, i);
            }
        }
        return all;
    }

    /** Said, and not understood: the item must not become one that says more. */
    private static boolean isLost(Nodes.@Nullable Entry said, Optional<List<ScalarNode>> understood) {
        return said != null && understood.filter(all -> !all.isEmpty()).isEmpty();
    }

    private List<ScalarNode> examples(Nodes.@Nullable Entry entry, String what) {
        return texts(entry, what, "an example", "write an example, or take it out");
    }

    private List<ScalarNode> texts(Nodes.@Nullable Entry entry, String what, String each, String fix) {
        if (entry == null) {
            return List.of();
        }
        List<ScalarNode> all = new ArrayList<>();
        for (Node node : nodes.someOf(entry.value(), what, fix)) {
            text(node, each).ifPresent(all::add);
        }
        return all;
    }

    Optional<ScalarNode> text(Node node, String what) {
        return nodes.string(node, what).filter(text -> {
            String value = text.getValue();
            if (value.length() > MAX_TEXT) {
                problems.add(node, what + " is longer than " + MAX_TEXT + " characters", "shorten it");
                return false;
            }
            if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                problems.add(
                        node,
                        Quoted.of(value) + " has a line break or another control character",
                        "write it on one line");
                return false;
            }
            return true;
        });
    }
}
