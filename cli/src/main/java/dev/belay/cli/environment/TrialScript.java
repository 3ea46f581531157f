package dev.belay.cli.environment;

import dev.belay.policies.Policy;
import dev.belay.policies.ToolName;
import dev.belay.proto.json.Json;
import dev.belay.proto.script.ScriptParser;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The conversation of a trial. A check is run after a change and never without one, so where there is a check to be tried a file
 * is made in the sandbox, and nobody gets it.
 *
 * @param text what the script model reads
 */
record TrialScript(String text) {
    private static final String FILE = ".belay-env-test-";

    static TrialScript withNothing() {
        return of("The set-up is done.", Optional.empty());
    }

    /** What no project has, whatever it would gain by it: a file that is there already would be no change. */
    static String freeName() {
        return FILE + UUID.randomUUID();
    }

    /**
     * By the tool that may; none where the policy lets a task change nothing.
     *
     * @param file that is not there
     */
    static Optional<TrialScript> withChange(Policy policy, String file) {
        String command = "echo 'belay env test' >" + file;
        if (policy.tools().contains(ToolName.WRITE) && policy.edit(file).allowed()) {
            return Optional.of(changing(
                    "Write",
                    Json.object()
                            .put("file_path", file)
                            .put("content", "belay env test\n")
                            .build()));
        }
        if (policy.tools().contains(ToolName.BASH) && policy.command(command).allowed()) {
            return Optional.of(
                    changing("Bash", Json.object().put("command", command).build()));
        }
        return Optional.empty();
    }

    private static TrialScript changing(String tool, Json input) {
        return of(
                "The set-up is done. A file was made, so that the check is run.",
                Optional.of(Json.object()
                        .put(
                                "calls",
                                new Json.Arr(
                                        List.of(Json.object().put(tool, input).build())))
                        .build()));
    }

    /** YAML reads JSON. */
    private static TrialScript of(String lastWords, Optional<Json> before) {
        Json last = Json.object().put("say", lastWords).build();
        return new TrialScript(Json.object()
                        .put("model", ScriptParser.VERSION)
                        .put(
                                "turns",
                                new Json.Arr(
                                        before.map(turn -> List.of(turn, last)).orElseGet(() -> List.of(last))))
                        .build()
                        .print()
                + "\n");
    }
}
