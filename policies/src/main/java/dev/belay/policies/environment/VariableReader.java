package dev.belay.policies.environment;

import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Spot;
import dev.belay.policies.yaml.Nodes;
import dev.belay.policies.yaml.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads {@code env}: names to texts. */
final class VariableReader {
    private static final Set<String> OF_SHELLS = Set.of("BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PS4");
    private static final int MOST = 100;
    private static final int LONGEST_NAME = 128;

    private final Problems problems;
    private final Map<String, Spot> seen = new HashMap<>();

    VariableReader(Problems problems) {
        this.problems = problems;
    }

    List<Variable> read(Node node) {
        List<Variable> variables = new ArrayList<>();
        if (!(node instanceof MappingNode mapping)) {
            problems.add(
                    node,
                    "`env` must be a mapping of names to texts" + Nodes.found(node),
                    "write each on a line of its own: CI: \"true\"");
            return variables;
        }
        if (mapping.getValue().isEmpty()) {
            problems.add(node, "`env` names nothing", "name a variable, or take it out");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (seen.size() == MOST) {
                problems.add(
                        tuple.getKeyNode(),
                        "there are more than " + MOST + " variables",
                        "set some of them in a script that the commands read");
                break;
            }
            variable(tuple).ifPresent(variables::add);
        }
        return variables;
    }

    private Optional<Variable> variable(NodeTuple tuple) {
        Node key = tuple.getKeyNode();
        if (!(key instanceof ScalarNode scalar) || !isName(scalar.getValue())) {
            problems.add(
                    key,
                    key instanceof ScalarNode other
                            ? Quoted.of(other.getValue()) + " is no name of a variable"
                            : "a name under `env` must be a plain word",
                    "write letters, digits and _, not beginning with a digit: NODE_ENV");
            return Optional.empty();
        }
        String name = scalar.getValue();
        Spot spot = problems.spot(key);
        Spot first = seen.putIfAbsent(name, spot);
        if (first != null) {
            problems.add(key, Quoted.of(name) + " is written twice: at " + first + ", too", "keep one of them");
            return Optional.empty();
        }
        Optional<String> taken = taken(name);
        if (taken.isPresent()) {
            problems.add(key, "the variable " + Quoted.of(name) + " cannot be set here: " + taken.get(), "take it out");
            return Optional.empty();
        }
        return value(name, tuple.getValueNode()).map(value -> new Variable(name, value, spot));
    }

    private Optional<String> value(String name, Node node) {
        if (!(node instanceof ScalarNode scalar) || !scalar.getTag().equals(Tag.STR)) {
            boolean nothing = node instanceof ScalarNode bare && bare.getValue().isEmpty();
            problems.add(
                    node,
                    "the value of " + Quoted.of(name) + " must be a string" + Nodes.found(node),
                    nothing ? "write \"\" for an empty one" : "put it in quotes");
            return Optional.empty();
        }
        String value = scalar.getValue();
        if (StepReader.hasControls(value)) {
            problems.add(node, "the value of " + Quoted.of(name) + " has a control character", "take it out");
            return Optional.empty();
        }
        Optional<String> unknown = Dollars.unknown(value);
        if (unknown.isPresent()) {
            problems.add(
                    node,
                    Quoted.of(unknown.get()) + " in the value of " + Quoted.of(name) + " stands for nothing here",
                    "write $$ for a dollar; of the sandbox's own there are $" + String.join(", $", Variable.KNOWN));
            return Optional.empty();
        }
        if (name.equals("PATH") && !Dollars.uses(value, "PATH")) {
            problems.add(
                    node,
                    "the value of `PATH` leaves out the sandbox's own, without which no program is found",
                    "end it with the other one: " + Quoted.of(value + ":$PATH"));
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST_NAME
                && !Character.isDigit(text.charAt(0))
                && text.chars().allMatch(c -> Dollars.isOfName((char) c));
    }

    /** Letter case is not looked at: of some both are read. */
    private static Optional<String> taken(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (upper.startsWith("BELAY_")) {
            return Optional.of("what begins so is Belay's own");
        }
        if (upper.endsWith("_PROXY")) {
            return Optional.of("programs find the gateway by it");
        }
        if (OF_SHELLS.contains(upper)) {
            return Optional.of("every shell obeys it, that of the check too");
        }
        return upper.startsWith("LD_")
                ? Optional.of("every program loads code by it, those of the sandbox too")
                : Optional.empty();
    }
}
