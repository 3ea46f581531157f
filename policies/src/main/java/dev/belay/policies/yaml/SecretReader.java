package dev.belay.policies.yaml;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.secrets.SecretPattern;
import dev.belay.policies.secrets.SecretVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code secrets}: makes a rule of each host that a secret goes to, so that each has its own place. */
final class SecretReader {
    static final String KEY = "secrets";
    private static final String EXAMPLE = "write: {name: NPM_TOKEN, hosts: [registry.example]}";

    private final Problems problems;
    private final Nodes nodes;
    private final Items items;
    private final SecretName names;
    private final Map<String, Spot> seen = new HashMap<>();
    /** Which secret each variable holds. */
    private final Map<String, String> held = new HashMap<>();

    SecretReader(Problems problems, Nodes nodes, Items items) {
        this.problems = problems;
        this.nodes = nodes;
        this.items = items;
        this.names = new SecretName(problems, nodes);
    }

    /** A host as it was read and as it was written. */
    private record Placed(HostPattern host, String text, Spot spot) {}

    List<Rule> read(@Nullable Node list) {
        List<Rule> rules = new ArrayList<>();
        if (list instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            problems.add(list, "`secrets` must be a list, and a text is there", EXAMPLE);
        } else if (list != null) {
            nodes.list(list, "`secrets`").forEach(item -> rules.addAll(secret(item)));
        }
        return rules;
    }

    /** None where any part of it is wrong. */
    private List<Rule> secret(Node item) {
        if (!(item instanceof MappingNode)) {
            problems.add(item, "a secret must be a mapping of its name and its hosts", EXAMPLE);
            return List.of();
        }
        Map<String, Nodes.Entry> members = nodes.mapping(item, "a secret", Keys.SECRET);
        Nodes.Entry said = members.get("name");
        if (said == null) {
            problems.add(item, "`name` is missing", "add it: name: NPM_TOKEN");
        }
        Optional<String> name = said == null ? Optional.empty() : names.read(said.value(), "name");
        Optional<String> variable = name.flatMap(of -> variable(of, said, members.get("env")));
        List<Placed> hosts = hosts(item, members.get("hosts"));
        Optional<String> reason = items.reason(members.get("reason"));
        if (name.isEmpty() || !isFirst(name.get(), said) || variable.isEmpty() || reason.isEmpty()) {
            return List.of();
        }
        return hosts.stream()
                .map(host -> rule(name.get(), variable.get(), host, reason.get()))
                .toList();
    }

    private static Rule rule(String name, String variable, Placed placed, String reason) {
        String pattern = new SecretPattern(name, placed.host(), Optional.of(variable)).toString();
        Origin origin = new Origin(name + " to " + placed.text(), placed.spot(), reason);
        return new Rule(new Clause(Effect.ALLOW, Subject.SECRET, pattern, origin), KEY);
    }

    private boolean isFirst(String name, Nodes.@Nullable Entry said) {
        if (said == null) {
            return false;
        }
        Spot first = seen.putIfAbsent(name, problems.spot(said.value()));
        if (first != null) {
            problems.add(
                    said.value(),
                    Quoted.of(name) + " is written twice: at " + first + ", too",
                    "keep one of them, with the hosts of both");
        }
        return first == null;
    }

    private Optional<String> variable(String name, Nodes.@Nullable Entry said, Nodes.@Nullable Entry env) {
        Nodes.Entry entry = env == null ? said : env;
        if (entry == null) {
            return Optional.empty();
        }
        Optional<String> variable = env == null
                ? Optional.of(name)
                : nodes.hidden(env.value(), "`env`").map(ScalarNode::getValue);
        return variable.filter(text -> isFree(text, name, entry.value()));
    }

    private boolean isFree(String variable, String name, Node at) {
        if (!SecretVariable.isName(variable)) {
            problems.add(
                    at,
                    SecretName.shown(variable) + " under `env` is not a variable",
                    variable.startsWith("$") && SecretVariable.isName(variable.substring(1))
                            ? "write it without the dollar: " + variable.substring(1)
                            : "write letters, digits and _: NPM_TOKEN");
            return false;
        }
        Optional<String> taken = SecretVariable.taken(variable);
        if (taken.isPresent()) {
            problems.add(
                    at,
                    "the variable " + Quoted.of(variable) + " cannot hold a secret: " + taken.get(),
                    "name another one: env: SECRET_" + name);
            return false;
        }
        String other = held.putIfAbsent(variable, name);
        if (other != null && !other.equals(name)) {
            problems.add(
                    at,
                    "the variable " + Quoted.of(variable) + " is to hold " + Quoted.of(name) + " and "
                            + Quoted.of(other),
                    "write another one under `env`");
            return false;
        }
        return true;
    }

    private List<Placed> hosts(Node item, Nodes.@Nullable Entry entry) {
        if (entry == null) {
            problems.add(
                    item, "`hosts` is missing", "name where it may go, and nowhere else: hosts: [registry.example]");
            return List.of();
        }
        Map<HostPattern, Spot> once = new HashMap<>();
        List<Placed> hosts = new ArrayList<>();
        for (Node node : nodes.someOf(entry.value(), "`hosts`", "name where it may go: hosts: [registry.example]")) {
            if (items.isOneTooMany(node)) {
                break;
            }
            items.text(node, "a host").flatMap(this::host).ifPresent(placed -> {
                Spot first = once.putIfAbsent(placed.host(), placed.spot());
                if (first == null) {
                    hosts.add(placed);
                } else {
                    problems.add(
                            placed.spot(),
                            Quoted.of(placed.text()) + " is written twice: at " + first + ", too",
                            "keep one of them");
                }
            });
        }
        return hosts;
    }

    private Optional<Placed> host(ScalarNode node) {
        Spot spot = problems.spot(node);
        try {
            return Optional.of(new Placed(HostPattern.parse(node.getValue()), node.getValue(), spot));
        } catch (PatternException bad) {
            problems.add(Item.at(node, spot, bad.at()), String.valueOf(bad.getMessage()), bad.fix());
            return Optional.empty();
        }
    }
}
