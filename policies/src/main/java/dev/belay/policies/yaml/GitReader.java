package dev.belay.policies.yaml;

import dev.belay.policies.git.Remote;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads {@code git}: makes one rule of each repository, with all that follows from it. */
final class GitReader {
    static final String KEY = "git";
    private static final String EXAMPLE = "write: {remote: https://git.example/acme/shop.git}";

    private final Problems problems;
    private final Nodes nodes;
    private final Items items;
    private final SecretName names;
    private final Map<Remote, Spot> seen = new LinkedHashMap<>();

    GitReader(Problems problems, Nodes nodes, Items items) {
        this.problems = problems;
        this.nodes = nodes;
        this.items = items;
        this.names = new SecretName(problems, nodes);
    }

    List<Rule> read(@Nullable Node list) {
        List<Rule> rules = new ArrayList<>();
        if (list instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            problems.add(list, "`git` must be a list, and a text is there", EXAMPLE);
        } else if (list != null) {
            for (Node item : nodes.list(list, "`git`")) {
                if (items.isOneTooMany(item)) {
                    break;
                }
                repository(item).ifPresent(rules::add);
            }
        }
        return rules;
    }

    /** Empty where any part of it is wrong. */
    private Optional<Rule> repository(Node item) {
        if (!(item instanceof MappingNode)) {
            problems.add(item, "a repository must be a mapping with its `remote`", EXAMPLE);
            return Optional.empty();
        }
        Map<String, Nodes.Entry> members = nodes.mapping(item, "a repository", Keys.GIT);
        Nodes.Entry secret = members.get("secret");
        Nodes.Entry user = members.get("user");
        Nodes.Entry remote = members.get("remote");
        Optional<Boolean> push = push(members.get("push"));
        Optional<String> name = secret == null ? Optional.empty() : names.read(secret.value(), "secret");
        Optional<String> as = user == null ? Optional.of(Remote.USUAL_USER) : user(user, secret != null);
        Optional<String> reason = items.reason(members.get("reason"));
        if (remote == null) {
            problems.add(item, "`remote` is missing", "add it: remote: https://git.example/acme/shop.git");
            return Optional.empty();
        }
        boolean understood =
                push.isPresent() && as.isPresent() && reason.isPresent() && (secret == null || name.isPresent());
        return nodes.hidden(remote.value(), "`remote`")
                .flatMap(node -> at(node, push.orElse(false), name, as.orElse(Remote.USUAL_USER))
                        .filter(_ -> understood)
                        .map(read -> rule(read, node, reason.orElse(""))));
    }

    private Optional<Remote> at(ScalarNode node, boolean push, Optional<String> secret, String user) {
        Spot spot = problems.spot(node);
        Remote remote;
        try {
            remote = Remote.at(node.getValue(), push, secret, user);
        } catch (PatternException bad) {
            problems.add(Item.at(node, spot, bad.at()), String.valueOf(bad.getMessage()), bad.fix());
            return Optional.empty();
        }
        for (Map.Entry<Remote, Spot> before : seen.entrySet()) {
            if (before.getKey().isSameRepository(remote)) {
                problems.add(
                        spot,
                        Quoted.of(node.getValue()) + " is written twice: at " + before.getValue() + ", too",
                        "keep one of them");
                return Optional.empty();
            }
        }
        seen.put(remote, spot);
        return Optional.of(remote);
    }

    private Rule rule(Remote remote, ScalarNode node, String reason) {
        Origin origin = new Origin((remote.push() ? "push " : "fetch ") + node.getValue(), problems.spot(node), reason);
        List<Clause> clauses = new ArrayList<>();
        clauses.add(new Clause(Effect.ALLOW, Subject.REMOTE, remote.toString(), origin));
        remote.requests().forEach(asked -> clauses.add(new Clause(Effect.ALLOW, Subject.REQUEST, asked, origin)));
        remote.secret()
                .ifPresent(name -> clauses.add(
                        new Clause(Effect.ALLOW, Subject.SECRET, name + " to " + remote.hostAndPort(), origin)));
        return new Rule(clauses, KEY);
    }

    private Optional<Boolean> push(Nodes.@Nullable Entry entry) {
        if (entry == null) {
            return Optional.of(false);
        }
        if (entry.value() instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Optional.of(Boolean.parseBoolean(scalar.getValue()));
        }
        problems.add(
                entry.value(),
                "`push` must be true or false" + Nodes.found(entry.value()),
                "write push: true, or take it out");
        return Optional.empty();
    }

    private Optional<String> user(Nodes.Entry entry, boolean hasSecret) {
        if (!hasSecret) {
            problems.add(
                    entry.key(),
                    "`user` is there without `secret`, and nobody signs in without one",
                    "add the secret's name under `secret`, or take `user` out");
            return Optional.empty();
        }
        return nodes.hidden(entry.value(), "`user`").map(ScalarNode::getValue).filter(user -> {
            boolean known = Remote.isUser(user);
            if (!known) {
                problems.add(
                        entry.value(),
                        "what stands under `user` is nobody's name at a server",
                        "write whom the gateway signs in as: " + Remote.USUAL_USER);
            }
            return known;
        });
    }
}
