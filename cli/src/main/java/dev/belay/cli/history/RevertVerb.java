package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Undoes one step of a task and keeps what came later. Where both changed the same, it changes nothing and says where. */
@Command(
        footer = {
            "",
            "Example: belay revert t-7fq2@s4 takes back what step 4 changed, and nothing of steps 5 and later.",
            "Exit code 7: later steps changed the same; nothing was changed. belay undo takes a revert back."
        })
public final class RevertVerb extends Verb {
    @Parameters(index = "0", arity = "1", paramLabel = "TASK", description = "A task, or TASK@sN.")
    private String reference = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "STEP", description = "The step to undo: s4.")
    private String step = "";

    @Option(names = "--dry-run", description = "Say what would change, and change nothing.")
    private boolean dryRun;

    @Override
    public int run(Cli cli) {
        TaskReference named = TaskReference.parse(cli, reference);
        if (named.snapshot().isEmpty() == step.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    step.isEmpty() ? "revert needs a step" : "revert takes one step, and here are two",
                    "the step to undo must be named, once (layer: client)",
                    "belay revert " + named.id() + " s4   (belay snapshots " + named.id() + " lists them)");
        }
        String undone = step.isEmpty() ? named.snapshot() : TaskReference.snapshot(step);
        Json operation = ServerAccess.open(cli).revert(named.id(), undone, dryRun);
        if (json) {
            cli.screen().machine(operation.print());
        } else {
            int at = reference.indexOf('@');
            Moves.tell(
                    cli,
                    operation,
                    (dryRun ? "would undo " : "undid ") + operation.text("reverts") + " alone",
                    dryRun ? "" : "belay undo " + (at < 0 ? reference : reference.substring(0, at)));
        }
        return ErrorCode.Exit.DONE;
    }
}
