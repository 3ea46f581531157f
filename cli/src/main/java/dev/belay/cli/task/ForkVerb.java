package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.transcript.Attachment;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Begins a task with the files and the conversation that another one had, which stays as it is. */
public final class ForkVerb extends Verb {
    @Parameters(
            index = "0",
            arity = "1",
            paramLabel = "TASK[@sN]",
            description = "Where it begins: belay fork t-7fq2@s4 \"try it without a cache\"; a task alone is its head.")
    private String reference = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "PROMPT",
            description = "What is to be done now; - reads standard input. Without it the fork goes on as it was.")
    private List<String> words = List.of();

    @Option(
            names = {"-d", "--detach"},
            description = "Print only the new task's id, and return.")
    private boolean detach;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "PROVIDER/MODEL, or script:FILE, played from its first turn. Otherwise the parent's, with what is left of its script.")
    private String model = "";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "approve, edits, auto or full; otherwise the parent's.")
    private String mode = "";

    @Option(names = "--max-turns", paramLabel = "N", description = "Stop after N turns of the fork.")
    private int maxTurns;

    @Option(names = "--timeout", paramLabel = "TIME", description = "Stop the fork after this time: 1h, 90s.")
    private String timeout = "";

    @Option(names = "--max-usd", paramLabel = "USD", description = "Stop when the fork's model has cost so much: 2.50.")
    private String maxUsd = "";

    @Option(names = "--accept-weaker", description = "Run although this machine isolates less than the table says.")
    private boolean acceptWeaker;

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        TaskReference parent = TaskReference.parse(cli, reference);
        Json.Obj wish = wish(cli, parent.snapshot());
        Screen people = json || detach ? cli.screen().withResultsOnStderr() : cli.screen();
        Draft draft = Draft.begin(
                cli.state(),
                wish,
                Json.object().put("fork_of", parent.id()).build(),
                ServerAccess.place(cli),
                cli.clock().instant());
        Optional<Submission.Sent> sent = RunVerb.send(new Submission(cli, people), draft, Optional.empty(), people);
        if (sent.isEmpty()) {
            return ErrorCode.Exit.DETACHED;
        }
        Json task = sent.get().task();
        if (detach) {
            cli.screen().machine(json ? task.print() : task.text("id"));
            return ErrorCode.Exit.DONE;
        }
        people.note(new Line()
                .bold(task.text("short_id"))
                .add(" begins where " + reference + " was, at " + task.text("parent_snapshot")));
        // Its past is the parent's; what is shown here begins with it.
        return new Attachment(cli, sent.get().server(), json).follow(task, Math.max(0, task.number("last_seq") - 1));
    }

    private Json.Obj wish(Cli cli, String snapshot) throws IOException {
        RunVerb.checkMode(mode);
        if (maxTurns < 0) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--max-turns must be 1 or more",
                    "it was " + maxTurns + " (layer: client)",
                    "--max-turns 40");
        }
        long seconds =
                timeout.isEmpty() ? 0 : Amounts.duration("--timeout", timeout).toSeconds();
        Optional<ModelChoice> chosen = model.isEmpty()
                ? Optional.empty()
                : Optional.of(ModelChoice.of(model, cli.cwd(), cli.bindings().scripts()));
        return Json.object()
                .put("snapshot", snapshot)
                .put("prompt", words.isEmpty() ? "" : Prompt.of(cli, words))
                .put("mode", mode.isEmpty() ? Json.NULL : Json.of(mode))
                .put("model", chosen.map(ModelChoice::model).orElse(""))
                .put("script", chosen.map(ModelChoice::script).orElse(""))
                .put("script_name", chosen.map(ModelChoice::scriptName).orElse(""))
                .put(
                        "limits",
                        Json.object()
                                .put("max_turns", maxTurns)
                                .put("timeout_seconds", seconds)
                                .put("memory_mib", 0)
                                .put("processes", 0)
                                .put("max_usd", Json.of(maxUsd.isEmpty() ? 0.0 : Amounts.dollars("--max-usd", maxUsd)))
                                .build())
                .put("accept_weaker", acceptWeaker)
                .build();
    }
}
