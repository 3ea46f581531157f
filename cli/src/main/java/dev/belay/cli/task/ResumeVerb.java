package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a task go on that is paused or at a limit: from its last snapshot, on whichever runner has a place. */
public final class ResumeVerb extends Verb {
    @Parameters(
            arity = "1",
            paramLabel = "TASK",
            description = "An id, a unique prefix of it, or - for the last task: belay resume t-7fq2 --max-turns 40")
    private String reference = "";

    @Option(
            names = "--max-turns",
            paramLabel = "N",
            description = "Its limit from now on, with the turns that it has used.")
    private int maxTurns;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Its limit from now on, with the time that it has used: 8h, 90m.")
    private String timeout = "";

    @Option(
            names = "--max-usd",
            paramLabel = "USD",
            description = "Its limit from now on, with what it has cost: 2.50.")
    private String maxUsd = "";

    @Override
    public int run(Cli cli) {
        if (maxTurns < 0) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--max-turns must be 1 or more",
                    "it was " + maxTurns + " (layer: client)",
                    "--max-turns 40");
        }
        long seconds =
                timeout.isEmpty() ? 0 : Amounts.duration("--timeout", timeout).toSeconds();
        Json limits = Json.object()
                .put("max_turns", maxTurns)
                .put("timeout_seconds", seconds)
                .put("max_usd", Json.of(maxUsd.isEmpty() ? 0.0 : Amounts.dollars("--max-usd", maxUsd)))
                .build();
        Json task = ServerAccess.open(cli).resume(TaskReference.task(cli, reference), limits);
        if (json) {
            cli.screen().machine(task.print());
        } else {
            String head = task.text("head");
            cli.screen()
                    .line(new Line()
                            .bold(task.text("short_id"))
                            .add(" goes on" + (head.isEmpty() ? "" : " from " + head) + "; belay attach "
                                    + task.text("short_id")));
        }
        return ErrorCode.Exit.DONE;
    }
}
