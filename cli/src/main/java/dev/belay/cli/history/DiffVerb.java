package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.http.Answer;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a task changed: the whole result, or a stretch of its steps, or some paths. */
public final class DiffVerb extends Verb {
    private static final int BAR = 30;

    @Parameters(
            index = "0",
            arity = "1",
            paramLabel = "TASK",
            description = "A task, or TASK@sN for the base up to sN.")
    private String reference = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "RANGE|PATH",
            description = "s3..s7, s3.. (to the result), ..s7 (from the base); then paths, best behind --.")
    private List<String> more = List.of();

    @Option(names = "--stat", description = "Only the list of files.")
    private boolean stat;

    @Override
    protected boolean keepsWhatFollowsDashes() {
        return true;
    }

    @Override
    public int run(Cli cli) throws IOException {
        TaskReference named = TaskReference.parse(cli, reference);
        String from = "base";
        String to = named.snapshot().isEmpty() ? "head" : named.snapshot();
        List<String> paths = new ArrayList<>(more);
        if (!paths.isEmpty() && isRange(paths.getFirst())) {
            String range = paths.removeFirst();
            int dots = range.indexOf("..");
            from = dots == 0 ? "base" : TaskReference.snapshot(dots < 0 ? range : range.substring(0, dots));
            to = dots < 0 || dots + 2 == range.length() ? "head" : TaskReference.snapshot(range.substring(dots + 2));
        }
        paths.addAll(afterDashes());
        Server server = ServerAccess.open(cli);
        if (json || stat) {
            Json changes = server.changes(named.id(), from, to);
            if (json) {
                cli.screen().machine(only(changes, paths).print());
            } else {
                stat(cli.screen(), only(changes, paths).get("entries").items());
            }
            return ErrorCode.Exit.DONE;
        }
        try (Answer answer = server.diff(named.id(), from, to, paths)) {
            print(cli.screen(), answer);
        } catch (java.io.EOFException cut) {
            throw BelayException.of(
                            ErrorCode.E_UNREACHABLE,
                            "the diff did not arrive whole",
                            cut.getMessage() + " (layer: network)",
                            "belay diff " + named.id())
                    .causedBy(cut);
        }
        return ErrorCode.Exit.DONE;
    }

    private static boolean isRange(String word) {
        if (word.contains("..") && !word.contains("/")) {
            return true;
        }
        if (word.length() < 2 || word.charAt(0) != 's') {
            return false;
        }
        for (int i = 1; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static Json only(Json changes, List<String> paths) {
        if (paths.isEmpty()) {
            return changes;
        }
        List<Json> kept = new ArrayList<>();
        for (Json entry : changes.get("entries").items()) {
            for (String path : paths) {
                String folder = path.endsWith("/") ? path : path + "/";
                if (entry.text("path").equals(path) || entry.text("path").startsWith(folder)) {
                    kept.add(entry);
                    break;
                }
            }
        }
        return Json.object()
                .put("from", changes.get("from"))
                .put("to", changes.get("to"))
                .put("entries", new Json.Arr(kept))
                .build();
    }

    private static void stat(Screen screen, List<Json> entries) {
        int widest = 0;
        long most = 1;
        for (Json entry : entries) {
            widest = Math.max(widest, Printable.columns(Printable.line(entry.text("path"))));
            most = Math.max(most, entry.number("lines_added") + entry.number("lines_removed"));
        }
        int room = Math.max(16, Math.min(widest, screen.width() - BAR - 12));
        long added = 0;
        long removed = 0;
        for (Json entry : entries) {
            long plus = entry.number("lines_added");
            long minus = entry.number("lines_removed");
            added += plus;
            removed += minus;
            double scale = most <= BAR ? 1 : (double) BAR / most;
            Line line = new Line()
                    .add(" ")
                    .add(new Line().add(entry.text("path")).fit(room))
                    .to(room + 2)
                    .add("| ");
            if (entry.flag("binary")) {
                line.add("binary");
            } else {
                line.add((plus + minus) + " ")
                        .add(Look.GREEN, "+".repeat((int) Math.ceil(plus * scale)))
                        .add(Look.RED, "-".repeat((int) Math.ceil(minus * scale)));
            }
            screen.line(line);
        }
        String lines = Words.lines(added, removed);
        screen.line(" " + Words.count(entries.size(), "file") + " changed" + (lines.isEmpty() ? "" : ", " + lines));
    }

    /** Bytes as they are for a pipe, so that the diff applies; shown line by line to a person. */
    private static void print(Screen screen, Answer answer) throws IOException {
        if (!screen.live()) {
            PrintStream out = screen.out();
            answer.body().transferTo(out);
            out.flush();
            return;
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        String line;
        while ((line = lines.readLine()) != null) {
            screen.line(new Line().verbatim(look(line), line));
        }
    }

    private static Look look(String line) {
        if (line.startsWith("+++") || line.startsWith("---") || line.startsWith("diff ")) {
            return Look.BOLD;
        }
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+' -> Look.GREEN;
            case '-' -> Look.RED;
            case '@' -> Look.CYAN;
            default -> Look.PLAIN;
        };
    }
}
