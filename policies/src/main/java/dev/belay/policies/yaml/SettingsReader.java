package dev.belay.policies.yaml;

import dev.belay.policies.Mode;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Settings;
import dev.belay.proto.bounds.LimitRange;
import dev.belay.proto.bounds.UsualLimits;
import dev.belay.proto.error.Nearest;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads what is no rule: limits, modes, and what is done with all other commands. */
final class SettingsReader {
    private static final List<String> EFFECTS = List.of("allow", "ask", "deny");

    private final Problems problems;
    private final Nodes nodes;

    SettingsReader(Problems problems, Nodes nodes) {
        this.problems = problems;
        this.nodes = nodes;
    }

    Settings read(@Nullable Node limits, @Nullable Node modes, @Nullable Node commands) {
        Map<String, Nodes.Entry> caps = limits == null ? Map.of() : nodes.mapping(limits, "`limits`", Keys.LIMITS);
        return new Settings(
                within(caps, LimitRange.MEMORY_MIB, UsualLimits.MEMORY_MIB),
                within(caps, LimitRange.PROCESSES, UsualLimits.PROCESSES),
                within(caps, LimitRange.DISK_MIB, UsualLimits.DISK_MIB),
                whole(caps, "max_turns", 1, 10_000, 100),
                dollars(caps.get("max_usd")),
                timeout(caps.get("timeout")),
                modes == null ? Set.of() : modes(modes),
                commands == null ? Effect.ALLOW : others(commands));
    }

    private OptionalInt within(Map<String, Nodes.Entry> caps, LimitRange range, int example) {
        return whole(caps, range.key(), range.least(), range.most(), example);
    }

    private OptionalInt whole(Map<String, Nodes.Entry> caps, String key, int least, int most, int example) {
        Nodes.Entry entry = caps.get(key);
        if (entry == null) {
            return OptionalInt.empty();
        }
        if (entry.value() instanceof ScalarNode scalar
                && scalar.getTag().equals(Tag.INT)
                && scalar.getValue().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(scalar.getValue());
            if (number >= least && number <= most) {
                return OptionalInt.of(number);
            }
        }
        problems.add(
                entry.value(),
                "`" + key + "` must be a whole number from " + least + " to " + most + Nodes.found(entry.value()),
                "write: " + key + ": " + example);
        return OptionalInt.empty();
    }

    private OptionalDouble dollars(Nodes.@Nullable Entry entry) {
        if (entry == null) {
            return OptionalDouble.empty();
        }
        if (entry.value() instanceof ScalarNode scalar
                && (scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT))
                && scalar.getValue().matches("[0-9]{1,7}(\\.[0-9]{1,6})?")) {
            double usd = Double.parseDouble(scalar.getValue());
            if (usd > 0 && usd <= 1_000_000) {
                return OptionalDouble.of(usd);
            }
        }
        problems.add(
                entry.value(),
                "`max_usd` must be more than 0 and at most 1000000 dollars" + Nodes.found(entry.value()),
                "write: max_usd: 2.50");
        return OptionalDouble.empty();
    }

    private OptionalInt timeout(Nodes.@Nullable Entry entry) {
        if (entry == null) {
            return OptionalInt.empty();
        }
        if (entry.value() instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
            OptionalInt seconds = Durations.seconds(scalar.getValue());
            if (seconds.isPresent()) {
                return seconds;
            }
        }
        problems.add(
                entry.value(),
                "`timeout` must be a time from 1s to 30d with its units" + Nodes.found(entry.value()),
                "write: timeout: 1h30m");
        return OptionalInt.empty();
    }

    private Set<Mode> modes(Node node) {
        Set<Mode> modes = EnumSet.noneOf(Mode.class);
        for (Node item : nodes.someOf(node, "`modes`", "name a mode that a task may run in: full")) {
            nodes.string(item, "a mode").map(ScalarNode::getValue).ifPresent(word -> {
                Optional<Mode> mode = Mode.named(word);
                if (mode.isEmpty()) {
                    problems.add(
                            item,
                            "unknown mode " + Quoted.of(word) + (word.length() > 40 ? "" : Mode.hint(word)),
                            "modes: " + String.join(", ", Mode.words()));
                } else if (!modes.add(mode.get())) {
                    problems.add(item, "the mode " + Quoted.of(word) + " is written twice", "keep one of them");
                }
            });
        }
        return modes;
    }

    private Effect others(Node node) {
        Nodes.Entry entry = nodes.mapping(node, "`commands`", Keys.COMMANDS).get("others");
        if (entry == null) {
            return Effect.ALLOW;
        }
        String word = entry.value() instanceof ScalarNode scalar ? scalar.getValue() : "";
        return switch (word) {
            case "allow" -> Effect.ALLOW;
            case "ask" -> Effect.ASK;
            case "deny" -> Effect.DENY;
            default -> {
                problems.add(
                        entry.value(),
                        "`others` must be allow, ask or deny" + Nodes.found(entry.value())
                                + (word.length() > 40 ? "" : Nearest.hint(word, EFFECTS)),
                        "write: others: ask");
                yield Effect.ALLOW;
            }
        };
    }
}
