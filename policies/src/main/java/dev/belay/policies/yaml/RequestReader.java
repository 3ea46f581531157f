package dev.belay.policies.yaml;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.network.Methods;
import dev.belay.policies.network.PathGlob;
import dev.belay.policies.network.RequestPattern;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Makes rules of hosts that are narrowed to some requests: one for each path, so that each has its own place. */
final class RequestReader {
    private final Problems problems;

    RequestReader(Problems problems) {
        this.problems = problems;
    }

    /** A path as it was read, and where it stands; where none is written, at the host. */
    private record Placed(PathGlob path, Spot spot) {}

    /** None where any part of the item is wrong. */
    List<Rule> of(Effect effect, String key, Item item, Item.Requests requests) {
        Set<String> words = methods(requests.methods());
        Optional<HostPattern> host = host(effect, item);
        List<Placed> paths = paths(requests.paths());
        boolean understood = words.size() == requests.methods().size()
                && host.isPresent()
                && paths.size() == requests.paths().size();
        if (!understood) {
            return List.of();
        }
        if (paths.isEmpty()) {
            paths.add(new Placed(PathGlob.EVERY, item.spot()));
        }
        Methods methods =
                words.isEmpty() || words.contains(Methods.STAR) ? Methods.EVERY : new Methods(List.copyOf(words));
        List<Rule> rules = paths.stream()
                .map(path -> rule(effect, key, item, new RequestPattern(methods, host.get(), path.path()), path.spot()))
                .toList();
        new Examples(problems).tryOn(rules, item);
        return rules;
    }

    /** What it says of the host is told in the words of the author. */
    private static Rule rule(Effect effect, String key, Item item, RequestPattern pattern, Spot spot) {
        String text = pattern.methods() + " " + item.text() + pattern.path();
        return new Rule(
                new Clause(effect, Subject.REQUEST, pattern.toString(), new Origin(text, spot, item.reason())), key);
    }

    private Set<String> methods(List<ScalarNode> nodes) {
        Set<String> words = new LinkedHashSet<>();
        for (ScalarNode node : nodes) {
            String word = node.getValue();
            try {
                if (word.equals(Methods.STAR)) {
                    if (nodes.size() > 1) {
                        problems.add(node, "`*` stands for every method", "write it alone, or take it out");
                        continue;
                    }
                } else {
                    Methods.check(word);
                }
            } catch (PatternException bad) {
                bad(node, bad);
                continue;
            }
            if (!words.add(word)) {
                problems.add(node, "the method " + Quoted.of(word) + " is written twice", "keep one of them");
            }
        }
        return words;
    }

    private Optional<HostPattern> host(Effect effect, Item item) {
        try {
            return Optional.of(
                    effect == Effect.ALLOW ? HostPattern.parse(item.text()) : HostPattern.parseAny(item.text()));
        } catch (PatternException bad) {
            bad(item.node(), bad);
            return Optional.empty();
        }
    }

    private List<Placed> paths(List<ScalarNode> nodes) {
        List<Placed> paths = new ArrayList<>();
        for (ScalarNode node : nodes) {
            try {
                paths.add(new Placed(PathGlob.parse(node.getValue()), problems.spot(node)));
            } catch (PatternException bad) {
                bad(node, bad);
            }
        }
        return paths;
    }

    private void bad(ScalarNode node, PatternException bad) {
        problems.add(Item.at(node, problems.spot(node), bad.at()), String.valueOf(bad.getMessage()), bad.fix());
    }
}
