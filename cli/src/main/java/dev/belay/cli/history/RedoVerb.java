package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Parameters;

/** Does again what undo took back. */
public final class RedoVerb extends Verb {
    @Parameters(arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Override
    public int run(Cli cli) {
        String id = TaskReference.task(cli, reference);
        Json operation = ServerAccess.open(cli).move(id, "redo");
        if (json) {
            cli.screen().machine(operation.print());
        } else {
            Moves.tell(cli, operation, "redone", "belay undo " + reference);
        }
        return ErrorCode.Exit.DONE;
    }
}
