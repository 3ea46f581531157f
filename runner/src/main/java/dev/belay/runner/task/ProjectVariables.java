package dev.belay.runner.task;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Variable;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.HeadTail;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variables that a project sets, with what they build on: the sandbox is asked, since only its engine knows. */
final class ProjectVariables {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST = 64 << 10;

    private ProjectVariables() {}

    static Map<String, String> of(Environment environment, Hand hand) throws IOException, InterruptedException {
        Map<String, String> own =
                environment.variables().stream().anyMatch(Variable::buildsOnOthers) ? ofSandbox(hand) : Map.of();
        Map<String, String> all = new LinkedHashMap<>();
        environment.variables().forEach(variable -> all.put(variable.name(), variable.valueIn(own)));
        return Map.copyOf(all);
    }

    private static Map<String, String> ofSandbox(Hand hand) throws IOException, InterruptedException {
        HeadTail printed = new HeadTail();
        StringBuilder script = new StringBuilder("printf '%s\\n'");
        Variable.KNOWN.forEach(name -> script.append(" \"$").append(name).append('"'));
        Hand.Exit exit = hand.run(Hand.Command.of("/bin/sh", "-c", script.toString()), new Hand.Sink() {
                    @Override
                    public void stdout(byte[] bytes) {
                        printed.add(bytes);
                    }

                    @Override
                    public void stderr(byte[] bytes) {}
                })
                .await(PATIENCE);
        List<String> lines = printed.text(LONGEST).lines().toList();
        if (exit.code() != 0 || lines.size() != Variable.KNOWN.size()) {
            throw new IOException("the sandbox did not say what its own variables are: exit " + exit.code());
        }
        Map<String, String> own = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            own.put(Variable.KNOWN.get(i), lines.get(i));
        }
        return own;
    }
}
