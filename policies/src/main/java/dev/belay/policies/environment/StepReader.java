package dev.belay.policies.environment;

import dev.belay.policies.yaml.Durations;
import dev.belay.policies.yaml.Keys;
import dev.belay.policies.yaml.Nodes;
import dev.belay.policies.yaml.Problems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads {@code setup}: a step is a command, or a mapping that says more about it. */
final class StepReader {
    private static final int MOST = 50;
    private static final int LONGEST_NAME = 60;
    private static final Keys KEYS = new Keys(
            List.of("name", "run", "timeout"),
            Map.of("command", "run", "cmd", "run", "script", "run", "title", "name", "timeout_seconds", "timeout"),
            Map.of("env", "write it under `env` beside `setup`: it holds for every command"),
            Map.of());

    private final Problems problems;
    private final Nodes nodes;

    StepReader(Problems problems, Nodes nodes) {
        this.problems = problems;
        this.nodes = nodes;
    }

    List<Step> read(Node list) {
        List<Step> steps = new ArrayList<>();
        List<Node> items = nodes.someOf(list, "`setup`", "name a command, or take it out");
        for (int i = 0; i < items.size(); i++) {
            if (i == MOST) {
                problems.add(
                        items.get(i),
                        "`setup` has more than " + MOST + " steps",
                        "put commands into a script of the project, and run that");
                break;
            }
            step(items.get(i)).ifPresent(steps::add);
        }
        return steps;
    }

    private Optional<Step> step(Node item) {
        if (!(item instanceof MappingNode)) {
            return command(item, "a step").map(run -> new Step(firstLine(run), run, Step.USUAL, problems.spot(item)));
        }
        Map<String, Nodes.Entry> members = nodes.mapping(item, "a step", KEYS);
        Nodes.Entry run = members.get("run");
        if (run == null) {
            problems.add(item, "`run` is missing", "add the step's command: run: npm ci");
        }
        Optional<String> command = run == null ? Optional.empty() : command(run.value(), "`run`");
        Nodes.Entry said = members.get("name");
        Optional<String> name = said == null ? command.map(StepReader::firstLine) : name(said.value());
        Nodes.Entry time = members.get("timeout");
        Optional<Duration> timeout = time == null ? Optional.of(Step.USUAL) : timeout(time.value());
        if (command.isEmpty() || name.isEmpty() || timeout.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Step(name.get(), command.get(), timeout.get(), problems.spot(item)));
    }

    /** Of one line or of many. */
    Optional<String> command(Node node, String what) {
        return nodes.string(node, what).map(ScalarNode::getValue).filter(text -> {
            if (hasControls(text)) {
                problems.add(node, what + " has a control character", "take it out");
                return false;
            }
            return true;
        });
    }

    static boolean hasControls(String text) {
        return text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\t' || c == 0x7f);
    }

    private Optional<String> name(Node node) {
        return nodes.string(node, "`name`").map(ScalarNode::getValue).filter(text -> {
            if (text.length() > LONGEST_NAME || text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                problems.add(
                        node,
                        "`name` must be one line of at most " + LONGEST_NAME + " characters" + Nodes.found(node),
                        "shorten it: name: install");
                return false;
            }
            return true;
        });
    }

    private Optional<Duration> timeout(Node node) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
            OptionalInt seconds = Durations.seconds(scalar.getValue());
            if (seconds.isPresent() && seconds.getAsInt() <= Step.LONGEST.toSeconds()) {
                return Optional.of(Duration.ofSeconds(seconds.getAsInt()));
            }
        }
        problems.add(
                node,
                "`timeout` must be a time from 1s to " + Step.LONGEST.toMinutes() + "m with its units"
                        + Nodes.found(node),
                "write: timeout: 15m");
        return Optional.empty();
    }

    private static String firstLine(String command) {
        String line = command.lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse(command);
        boolean whole = line.codePointCount(0, line.length()) <= LONGEST_NAME;
        return whole ? line : line.substring(0, line.offsetByCodePoints(0, LONGEST_NAME - 1)) + "…";
    }
}
