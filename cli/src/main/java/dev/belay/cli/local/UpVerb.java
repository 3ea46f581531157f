package dev.belay.cli.local;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;

/** Starts the local controller and runner where they do not run yet. */
public final class UpVerb extends Verb {
    @Override
    public int run(Cli cli) throws InterruptedException {
        if (ServerAccess.isNamed(cli)) {
            boolean variable = !cli.env("BELAY_SERVER").isEmpty();
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    (variable ? "BELAY_SERVER" : "the context in use")
                            + " names a server, so there is nothing to start here",
                    "it is " + ServerAccess.place(cli) + " (layer: client)",
                    (variable ? "unset BELAY_SERVER" : "belay --context local up") + "   or   belay status");
        }
        Server server = new LocalServer(cli, cli.screen()).orStart();
        if (json) {
            cli.screen().machine(server.status().print());
        } else {
            cli.screen().line(new Line().add("ready at " + server.address()).dim("   belay status · belay down"));
        }
        return ErrorCode.Exit.DONE;
    }
}
