package dev.belay.cli.record;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a task's run as a script. Looking does not touch the task. */
@Command(
        footer = {
            "",
            "Example: belay record t-7fq2 mend.yaml, then belay run --model script:mend.yaml \"…\" makes the same"
                    + " calls.",
            "It holds what the model said and called; what people said and did are comments.",
            "Exit codes: 2 a step cannot be played, 6 it holds what looks like a key, 7 FILE is there already."
        })
public final class RecordVerb extends Verb {
    @Parameters(
            index = "0",
            arity = "1",
            paramLabel = "TASK",
            description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where the script goes; standard output without it, or with -.")
    private String name = "-";

    @Option(names = "--force", description = "Overwrite FILE.")
    private boolean force;

    @Option(names = "--with-secrets", description = "Also when something in it looks like a key.")
    private boolean withSecrets;

    @Override
    public int run(Cli cli) throws InterruptedException {
        String id = TaskReference.task(cli, reference);
        Optional<ScriptFile> file =
                name.equals("-") ? Optional.empty() : Optional.of(ScriptFile.checked(cli.cwd(), name, force));
        Server server = ServerAccess.open(cli);
        Json task = server.task(id);
        Recorded recorded = Recorded.of(cli, server, task, withSecrets);
        file.ifPresent(place -> place.write(recorded.script()));
        if (!task.flag("terminal")) {
            cli.screen().note(task.text("short_id") + " has not ended; what it did so far is recorded");
        }
        tell(cli, task, recorded, file);
        return ErrorCode.Exit.DONE;
    }

    private void tell(Cli cli, Json task, Recorded recorded, Optional<ScriptFile> file) {
        if (json) {
            cli.screen()
                    .machine(Json.object()
                            .put("task", task.text("id"))
                            .put(
                                    "file",
                                    file.map(place -> Json.of(place.path().toString()))
                                            .orElse(Json.NULL))
                            .put("turns", recorded.turns())
                            .put("calls", recorded.calls())
                            .put("script", file.isPresent() ? Json.NULL : Json.of(recorded.script()))
                            .build()
                            .print());
        } else if (file.isPresent()) {
            cli.screen().line(words(task, recorded, file.get()));
        } else {
            cli.screen().out().print(recorded.script());
            cli.screen().out().flush();
        }
    }

    /** {@code recorded t-7fq2: 5 turns, 8 calls  belay run --model script:mend.yaml "…"}. */
    static String words(Json task, Recorded recorded, ScriptFile file) {
        return "recorded " + task.text("short_id") + ": " + Words.count(recorded.turns(), "turn") + ", "
                + Words.count(recorded.calls(), "call") + "  belay run --model script:" + file.named() + " \"…\"";
    }
}
