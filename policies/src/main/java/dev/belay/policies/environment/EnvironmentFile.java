package dev.belay.policies.environment;

import dev.belay.policies.yaml.Keys;
import dev.belay.policies.yaml.Nodes;
import dev.belay.policies.yaml.Problems;
import dev.belay.policies.yaml.YamlText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code .belay/environment.yaml}. What is in it is understood to the last key, or none of it is done. */
final class EnvironmentFile {
    private static final YamlText.Kind KIND = new YamlText.Kind(
            "an environment",
            Environment.MOST_BYTES,
            "put long commands into a script of the project, and run that",
            "setup: [npm ci]");
    private static final Keys KEYS = new Keys(
            List.of("setup", "env", "check"),
            Map.of(
                    "steps", "setup",
                    "install", "setup",
                    "environment", "env",
                    "variables", "env",
                    "test", "check",
                    "tests", "check"),
            Map.of(
                    "image", "not yet: take it out; a sandbox has the tools of its runner's machine",
                    "start", "not yet: take it out; whoever needs it starts it",
                    "services", "not yet: take it out; whoever needs one starts it",
                    "cache", "not yet: take it out; set-up is done in every sandbox anew",
                    "secrets", "not yet: take it out; .belay/policy.yaml names them, and the hosts that they go to",
                    "network", "not yet: take it out; .belay/policy.yaml allows hosts, for set-up too",
                    "ports", "not yet: take it out; nothing of a sandbox can be reached from outside"),
            Map.of());

    private EnvironmentFile() {}

    static Parsed read(String name, String text) {
        Problems problems = new Problems(name);
        Optional<Environment> environment =
                YamlText.root(text, KIND, problems).map(root -> environment(root, problems));
        return problems.any()
                ? new Parsed.Refused(problems.inOrder())
                : new Parsed.Understood(environment.orElse(Environment.NONE));
    }

    private static Environment environment(Node root, Problems problems) {
        Nodes nodes = new Nodes(problems);
        StepReader steps = new StepReader(problems, nodes);
        Map<String, Nodes.Entry> members = nodes.mapping(root, "the environment", KEYS);
        Nodes.Entry setup = members.get("setup");
        Nodes.Entry env = members.get("env");
        Nodes.Entry check = members.get("check");
        return new Environment(
                setup == null ? List.of() : steps.read(setup.value()),
                env == null ? List.of() : new VariableReader(problems).read(env.value()),
                check == null
                        ? Optional.empty()
                        : steps.command(check.value(), "`check`")
                                .map(command -> new Check(command, problems.spot(check.value()))));
    }
}
