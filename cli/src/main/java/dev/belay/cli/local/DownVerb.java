package dev.belay.cli.local;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess.LocalAddress;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Optional;

/** Stops what the local start began, and nothing else. */
public final class DownVerb extends Verb {
    @Override
    public int run(Cli cli) throws InterruptedException {
        List<String> ended = new LocalServer(cli, cli.screen()).stop();
        Optional<LocalAddress> stranger = ended.isEmpty() ? LocalAddress.read(cli.state()) : Optional.empty();
        if (stranger.isPresent()) {
            throw BelayException.of(
                    ErrorCode.E_CONFLICT,
                    "the controller of this state folder was not started by belay up",
                    "process " + stranger.get().pid() + " is not on record in "
                            + cli.state().local() + " (layer: client)",
                    "stop it the way it was started");
        }
        if (json) {
            cli.screen()
                    .machine(Json.object()
                            .put("stopped", Json.array(ended))
                            .build()
                            .print());
        } else {
            cli.screen().line(ended.isEmpty() ? "nothing was running" : "stopped " + String.join(" and ", ended));
        }
        return ErrorCode.Exit.DONE;
    }
}
