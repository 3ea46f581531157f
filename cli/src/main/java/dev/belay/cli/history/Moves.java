package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.json.Json;
import java.util.List;

/** A move of a task's result, told: which files change, from where to where. */
final class Moves {
    private static final int MOST_FILES = 20;

    private Moves() {}

    static void tell(Cli cli, Json operation, String said, String back) {
        Screen screen = cli.screen();
        screen.line(new Line()
                .add(said)
                .dim("  " + operation.text("from") + arrow(operation.text("to")) + ", "
                        + Words.count(operation.number("files_changed"), "file")));
        files(screen, operation.get("files").items(), operation.number("files_changed"));
        for (Json left : operation.get("not_restored").items()) {
            screen.line(new Line()
                    .add("  ")
                    .add(Look.YELLOW, "left as it is: ")
                    .add(left.text("path") + " (" + why(left.text("why")) + ")"));
        }
        if (!back.isEmpty()) {
            screen.line(new Line().dim("take it back: " + back));
        }
    }

    /** What was only tried, and would make a snapshot of its own, goes to none. */
    private static String arrow(String to) {
        return to.isEmpty() ? "" : " → " + to;
    }

    private static String why(String word) {
        return word.equals("changed_later") ? "it was changed later, too" : word;
    }

    static void files(Screen screen, List<Json> files, long all) {
        int shown = Math.min(files.size(), MOST_FILES);
        int widest = 0;
        for (Json file : files.subList(0, shown)) {
            widest = Math.max(widest, Printable.columns(Printable.line(file.text("path"))));
        }
        int room = Math.min(widest, Math.max(12, screen.width() - 20));
        for (Json file : files.subList(0, shown)) {
            String status = file.text("status");
            Look look = switch (status) {
                case "A" -> Look.GREEN;
                case "D" -> Look.RED;
                default -> Look.YELLOW;
            };
            screen.line(new Line()
                    .add("  ")
                    .add(look, status)
                    .add(" ")
                    .add(Line.of(file.text("path")).fit(room))
                    .to(room + 6)
                    .dim(
                            file.flag("binary")
                                    ? "binary"
                                    : Words.lines(file.number("lines_added"), file.number("lines_removed")))
                    .fit(screen.width()));
        }
        if (all > shown) {
            screen.line(new Line().dim("  and " + (all - shown) + " more"));
        }
    }
}
