package dev.belay.cli.record;

import dev.belay.cli.Cli;
import dev.belay.cli.server.Server;
import dev.belay.cli.transcript.EventLog;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;

/** A script of a task's run, which its reader has taken. */
record Recorded(String script, int turns, int calls) {
    /** @param withKeys also when something in it looks like a key */
    static Recorded of(Cli cli, Server server, Json task, boolean withKeys) throws InterruptedException {
        Recording recording = Recorder.of(task, EventLog.of(server, task, Recorder.KINDS, cli.pause()));
        if (!withKeys) {
            recording.key().ifPresent(found -> {
                throw BelayException.of(
                        ErrorCode.E_DENIED,
                        found,
                        "a script is passed on to others; nothing was written (layer: client)",
                        "belay record " + task.text("short_id") + " FILE --with-secrets");
            });
        }
        String script = Script.of(recording);
        cli.bindings().scripts().check(task.text("short_id") + ".yaml", script);
        return new Recorded(script, recording.turns().size(), recording.calls());
    }
}
