package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Table;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The steps of a task, each with its snapshot; the one that is the result is marked. */
public final class SnapshotsVerb extends Verb {
    @Parameters(arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or - for the last task.")
    private String reference = "";

    @Override
    public int run(Cli cli) {
        Json snapshots = ServerAccess.open(cli).snapshots(TaskReference.task(cli, reference));
        if (json) {
            cli.screen()
                    .machine(Json.object().put("snapshots", snapshots).build().print());
            return ErrorCode.Exit.DONE;
        }
        Table table = new Table(3, "SNAP", "TURN", "TOOL", "FILES", "+/\u2212", "NOTE");
        for (Json snapshot : snapshots.items()) {
            table.row(
                    new Line().add(Look.CYAN, snapshot.text("id")),
                    Line.of(snapshot.number("turn") == 0 ? "–" : Long.toString(snapshot.number("turn"))),
                    Line.of(tool(snapshot)),
                    Line.of(files(snapshot)),
                    Line.of(Words.lines(snapshot.number("lines_added"), snapshot.number("lines_removed"))),
                    note(snapshot));
        }
        table.print(cli.screen());
        return ErrorCode.Exit.DONE;
    }

    private static String tool(Json snapshot) {
        String tool = snapshot.text("tool");
        return tool.isEmpty() ? snapshot.text("kind") : tool.toLowerCase(java.util.Locale.ROOT);
    }

    private static String files(Json snapshot) {
        List<Json> files = snapshot.get("files").items();
        long all = snapshot.number("files_changed");
        if (all == 0 || files.isEmpty()) {
            return "–";
        }
        String first = files.getFirst().text("path");
        return all == 1 ? first : first + " and " + (all - 1) + " more";
    }

    private static Line note(Json snapshot) {
        Line note = new Line();
        if (snapshot.flag("head")) {
            note.add(Look.GREEN, "◀ result");
        }
        if (!snapshot.text("reverts").isEmpty()) {
            note.add(note.isEmpty() ? "" : "  ").add("without " + snapshot.text("reverts"));
        }
        if (!snapshot.text("failure").isEmpty()) {
            note.add(note.isEmpty() ? "" : "  ").add(Look.RED, "no snapshot: " + snapshot.text("failure"));
        }
        long left = snapshot.get("not_captured").items().size();
        if (left > 0) {
            note.add(note.isEmpty() ? "" : "  ").add(Look.YELLOW, left + " not captured");
        }
        return note;
    }
}
