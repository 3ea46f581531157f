package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a task's result back to a step. It asks nothing, because nothing is erased: undo takes it back. */
public final class RollbackVerb extends Verb {
    @Parameters(index = "0", arity = "1", paramLabel = "TASK", description = "A task, or TASK@sN.")
    private String reference = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "SNAPSHOT", description = "The state to go back to: s4.")
    private String snapshot = "";

    @Option(names = "--dry-run", description = "Say what would change, and change nothing.")
    private boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Accepted for scripts; nothing is asked, since undo takes a rollback back.")
    private boolean yes;

    @Override
    public int run(Cli cli) {
        TaskReference named = TaskReference.parse(cli, reference);
        if (named.snapshot().isEmpty() == snapshot.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    snapshot.isEmpty() ? "rollback needs a snapshot" : "rollback takes one snapshot, and here are two",
                    "the state to go back to must be named, once (layer: client)",
                    "belay rollback " + named.id() + " s4   (belay snapshots " + named.id() + " lists them)");
        }
        String to = snapshot.isEmpty() ? named.snapshot() : TaskReference.snapshot(snapshot);
        Server server = ServerAccess.open(cli);
        Json operation = server.rollback(named.id(), to, dryRun);
        if (json) {
            cli.screen().machine(operation.print());
        } else {
            Moves.tell(
                    cli,
                    operation,
                    dryRun ? "would roll back to " + to : "rolled back to " + to,
                    dryRun ? "" : "belay undo " + withoutSnapshot(reference));
        }
        return ErrorCode.Exit.DONE;
    }

    /** As the person typed it: shorter than the id that it stands for. */
    private static String withoutSnapshot(String reference) {
        int at = reference.indexOf('@');
        return at < 0 ? reference : reference.substring(0, at);
    }

    /** Whether `--yes` was given; it changes nothing. */
    boolean yes() {
        return yes;
    }
}
