package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.transcript.Standing;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stops a task where it is. It takes no place while it stands, and goes on from its last snapshot. */
public final class PauseVerb extends Verb {
    @Parameters(
            arity = "1",
            paramLabel = "TASK",
            description = "An id, a unique prefix of it, or - for the last task: belay pause t-7fq2")
    private String reference = "";

    @Option(names = "--now", description = "Interrupt the present call; otherwise it may end first.")
    private boolean now;

    @Override
    public int run(Cli cli) {
        Json task = ServerAccess.open(cli).pause(TaskReference.task(cli, reference), now);
        if (json) {
            cli.screen().machine(task.print());
            return ErrorCode.Exit.DONE;
        }
        String name = task.text("short_id");
        String head = task.text("head");
        Line line = new Line().bold(name);
        switch (task.text("state")) {
            case "paused" -> line.add(" is paused" + (head.isEmpty() ? "" : " at " + head) + "; belay resume " + name);
            case "waiting" -> line.add(" stands already, " + Standing.words(task) + "; " + Standing.next(task));
            default ->
                line.add(" is being paused, "
                        + (now ? "its present call is interrupted" : "when its present call has ended")
                        + "; belay wait --for paused " + name);
        }
        cli.screen().line(line);
        return ErrorCode.Exit.DONE;
    }
}
