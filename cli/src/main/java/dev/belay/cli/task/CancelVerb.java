package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a task. Its snapshots stay, and its result can still be looked at and applied. */
public final class CancelVerb extends Verb {
    @Parameters(arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Option(names = "-m", paramLabel = "WHY", description = "A reason for the record.")
    private String reason = "";

    @Override
    public int run(Cli cli) {
        Json task = ServerAccess.open(cli).cancel(TaskReference.task(cli, reference), reason);
        if (json) {
            cli.screen().machine(task.print());
        } else {
            cli.screen()
                    .line(new Line()
                            .bold(task.text("short_id"))
                            .add(task.flag("terminal") ? " is " + task.text("state") : " is being cancelled")
                            .add("; its snapshots stay"));
        }
        return ErrorCode.Exit.DONE;
    }
}
