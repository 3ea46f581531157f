package dev.belay.cli.record;

import dev.belay.cli.Cli;
import dev.belay.cli.server.Server;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.nio.file.Path;

/** What {@code run --record} does when the task has ended. Its place is checked before the task is handed over. */
public final class RunRecord {
    private final ScriptFile file;

    private RunRecord(ScriptFile file) {
        this.file = file;
    }

    /** @param detach whether nobody waits for the task's end */
    public static RunRecord checked(Path folder, String named, boolean detach) {
        if (detach) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--record waits for the task's end, and -d does not",
                    "the command line asks for both (layer: client)",
                    "belay run -d \"…\"   then, when it has ended,   belay record T " + named);
        }
        if (named.equals("-")) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--record needs a file",
                    "standard output shows the task (layer: client)",
                    "belay run --record FILE \"…\"   or   belay record T");
        }
        return new RunRecord(ScriptFile.checked(folder, named, false));
    }

    /**
     * Where the task ended well, what is wrong with its record is the command's error; else a word beside its own.
     *
     * @param people where words for people go
     * @param exit what the task's end came to
     */
    public int write(Cli cli, Screen people, Server server, String id, int exit) throws InterruptedException {
        String again = "belay record " + id + " " + file.named();
        Json task = exit == ErrorCode.Exit.DETACHED ? Json.NULL : server.task(id);
        if (!task.flag("terminal")) {
            people.note("nothing is recorded before the task has ended: " + again);
            return exit;
        }
        try {
            Recorded recorded = Recorded.of(cli, server, task, false);
            file.write(recorded.script());
            people.note(RecordVerb.words(task, recorded, file));
            return exit;
        } catch (BelayException refused) {
            if (exit == ErrorCode.Exit.DONE) {
                throw BelayException.of(
                                refused.code(),
                                "the run is not recorded: " + refused.what(),
                                refused.why(),
                                "the task is done and its result is kept; " + file.named() + " was not written",
                                refused.next())
                        .causedBy(refused);
            }
            people.note("the run is not recorded: " + refused.what() + ", " + refused.why());
            return exit;
        }
    }
}
