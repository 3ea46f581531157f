package dev.belay.cli.help;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ClientVersion;
import dev.belay.cli.server.ServerAccess;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import picocli.CommandLine.Option;

/** The client's version; with {@code --server} the server's too. It asks nobody unless it is told to. */
public final class VersionVerb extends Verb {
    @Option(names = "--server", description = "Also ask the server.")
    private boolean server;

    @Override
    public int run(Cli cli) {
        String theirs = server ? ServerAccess.open(cli).version().text("version") : "";
        if (json) {
            cli.screen()
                    .machine(Json.object()
                            .put("version", ClientVersion.text())
                            .put("api", ServerAccess.API)
                            .put("java", System.getProperty("java.version"))
                            .put("server", server ? Json.of(theirs) : Json.NULL)
                            .build()
                            .print());
        } else {
            cli.screen().line("belay " + ClientVersion.text() + (server ? ", server " + theirs : ""));
        }
        return ErrorCode.Exit.DONE;
    }
}
