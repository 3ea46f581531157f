package dev.belay.cli.models;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Table;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;

/** Whose models the runners can ask. */
public final class ModelsVerb extends Verb {
    @Override
    public int run(Cli cli) {
        Json providers = ServerAccess.open(cli).models();
        if (json) {
            cli.screen().machine(providers.print());
            return ErrorCode.Exit.DONE;
        }
        Table table = new Table(2, "PROVIDER", "", "");
        for (Json one : providers.get("providers").items()) {
            boolean usable = one.flag("usable");
            table.row(
                    Line.of(one.text("name")),
                    usable ? new Line().add(Look.GREEN, "✓") : new Line().add(Look.YELLOW, "–"),
                    Line.of(
                            usable
                                    ? "belay run --model " + one.text("name") + "/MODEL \"…\""
                                    : one.text("missing") + ": belay login " + one.text("name")));
        }
        table.print(cli.screen());
        cli.screen().note("script:FILE plays a written conversation, and needs no key");
        return ErrorCode.Exit.DONE;
    }
}
