package dev.belay.policies.yaml;

import dev.belay.policies.ToolName;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Reads {@code .belay/policy.yaml}. What is in it is understood to the last key or it is a problem: a rule that nobody obeys
 * is worse than none.
 */
public final class PolicyFile {
    public static final String VERSION = "belay/1";

    private final Problems problems;
    private final Nodes nodes;
    private final Items items;
    private final RuleReader reader;
    private final RequestReader requests;
    private final List<Rule> rules = new ArrayList<>();

    private PolicyFile(Problems problems) {
        this.problems = problems;
        this.nodes = new Nodes(problems);
        this.items = new Items(problems, nodes);
        this.reader = new RuleReader(problems);
        this.requests = new RequestReader(problems);
    }

    /** Never throws, whatever the source is. */
    public static Reading read(Source source) {
        Problems problems = new Problems(source.file());
        PolicyFile file = new PolicyFile(problems);
        Settings settings = YamlText.root(source.text(), YamlText.Kind.POLICY, problems)
                .map(file::policy)
                .orElse(Settings.NONE);
        return new Reading(
                file.rules.stream()
                        .sorted(Comparator.comparing(Rule::spot, Problems.DOWN))
                        .map(Rule::line)
                        .toList(),
                settings,
                problems.inOrder());
    }

    private Settings policy(Node root) {
        if (!isOurs(root)) {
            return Settings.NONE;
        }
        Map<String, Nodes.Entry> members = nodes.mapping(root, "the policy", Keys.POLICY);
        for (Effect effect : Effect.values()) {
            ifThere(members, effect.key(), node -> named(effect, node));
        }
        ifThere(members, "network", this::network);
        new SecretReader(problems, nodes, items).read(value(members, "secrets")).forEach(rules::add);
        new GitReader(problems, nodes, items).read(value(members, "git")).forEach(rules::add);
        ifThere(members, "files", node -> editable(node, Keys.FILES, "files", "write"));
        ifThere(members, "delivery", node -> editable(node, Keys.DELIVERY, "delivery", "paths"));
        ifThere(members, "tools", this::tools);
        Nodes.Entry delivery = members.get("delivery");
        if (delivery != null && members.containsKey("files")) {
            problems.add(
                    delivery.key(),
                    "`delivery` and `files` are both there, and each bounds what is changed and delivered",
                    "keep one of them");
        }
        Settings settings = new SettingsReader(problems, nodes)
                .read(value(members, "limits"), value(members, "modes"), value(members, "commands"));
        new DeadRules(problems).find(rules);
        return settings;
    }

    /** What another version means by its keys is not known, so nothing more is said of them. */
    private boolean isOurs(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            problems.add(root, "the policy must be a mapping" + Nodes.found(root), "begin with: policy: " + VERSION);
            return false;
        }
        Optional<Node> said = Optional.empty();
        int place = 0;
        for (var tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals("policy")) {
                said = Optional.of(tuple.getValueNode());
                if (place > 0) {
                    problems.add(key, "`policy` is not the first key", "move it to the top");
                }
                break;
            }
            place++;
        }
        if (said.isEmpty()) {
            problems.add(root, "`policy` is missing", "begin with: policy: " + VERSION);
            return true;
        }
        if (said.get() instanceof ScalarNode version && version.getValue().equals(VERSION)) {
            return true;
        }
        problems.add(said.get(), "`policy` must be " + VERSION + Nodes.found(said.get()), "write: policy: " + VERSION);
        return false;
    }

    private static void ifThere(Map<String, Nodes.Entry> members, String key, Consumer<Node> then) {
        Nodes.Entry entry = members.get(key);
        if (entry != null) {
            then.accept(entry.value());
        }
    }

    private static @Nullable Node value(Map<String, Nodes.Entry> members, String key) {
        Nodes.Entry entry = members.get(key);
        return entry == null ? null : entry.value();
    }

    private void named(Effect effect, Node node) {
        for (Item item : items.of(nodes.list(node, "`" + effect.key() + "`"), "rule")) {
            reader.named(effect, effect.key(), item).ifPresent(rules::add);
        }
    }

    private void network(Node node) {
        Map<String, Nodes.Entry> members = nodes.mapping(node, "`network`", Keys.NETWORK);
        ifThere(members, "allow", list -> hosts(Effect.ALLOW, list, "network.allow"));
        ifThere(members, "deny", list -> hosts(Effect.DENY, list, "network.deny"));
    }

    private void hosts(Effect effect, Node node, String key) {
        for (Item item : items.of(nodes.list(node, "`" + key + "`"), "host")) {
            if (item.requests().isPresent()) {
                rules.addAll(requests.of(effect, key, item, item.requests().get()));
            } else {
                reader.of(effect, Subject.HOST, item.text(), key, item, 0).ifPresent(rules::add);
            }
        }
    }

    private void editable(Node node, Keys keys, String section, String list) {
        String key = section + "." + list;
        ifThere(nodes.mapping(node, "`" + section + "`", keys), list, paths -> {
            for (Item item : items.of(nodes.someOf(paths, "`" + key + "`", "name a path, or restrict Edit"), "path")) {
                reader.of(Effect.ALLOW, Subject.EDIT, item.text(), key, item, 0).ifPresent(rules::add);
            }
        });
    }

    private void tools(Node node) {
        Map<String, Nodes.Entry> members = nodes.mapping(node, "`tools`", Keys.TOOLS);
        ifThere(
                members,
                "allowed",
                list -> tools(
                        Effect.ALLOW, "tools.allowed", nodes.someOf(list, "`tools.allowed`", "name a tool: Read")));
        ifThere(
                members,
                "disallowed",
                list -> tools(Effect.DENY, "tools.disallowed", nodes.list(list, "`tools.disallowed`")));
    }

    private void tools(Effect effect, String key, List<Node> list) {
        for (Item item : items.of(list, "tool")) {
            Optional<ToolName> tool = ToolName.named(item.text());
            if (tool.isPresent()) {
                reader.of(effect, Subject.TOOL, tool.get().word(), key, item, 0).ifPresent(rules::add);
            } else if (item.text().indexOf('(') > 0) {
                problems.add(
                        item.spot(),
                        Quoted.of(item.text()) + " is a rule, and `" + key + "` names whole tools",
                        "write it under allowed, ask or restricted");
            } else {
                problems.add(
                        item.spot(),
                        "unknown tool " + Quoted.of(item.text())
                                + (item.text().length() > 40 ? "" : ToolName.hint(item.text())),
                        "tools: " + String.join(", ", ToolName.words()));
            }
        }
    }
}
