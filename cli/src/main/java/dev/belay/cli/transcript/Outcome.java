package dev.belay.cli.transcript;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.time.Instant;

/** How a task stands, in one line and in one exit code. */
public final class Outcome {
    private Outcome() {}

    /** `succeeded in 2m14s · 6 turns · 4 files +71 −66`. */
    public static Line line(Json task) {
        String state = task.text("state");
        Look look = switch (state) {
            case "succeeded" -> Look.GREEN;
            case "failed" -> Look.RED;
            default -> Look.YELLOW;
        };
        Line line = new Line().add(look, state);
        Instant from = Words.instant(task.text(task.text("started_at").isEmpty() ? "created_at" : "started_at"));
        Instant to = Words.instant(task.text("finished_at"));
        if (task.flag("terminal") && to.isAfter(from)) {
            line.add(" in " + Words.duration(Duration.between(from, to)));
        }
        if (!task.text("waiting_for").isEmpty()) {
            line.add(" for " + task.text("waiting_for").replace('_', ' '));
        }
        line.add(" · " + Words.count(task.number("turns"), "turn"));
        if (task.decimal("cost_usd") > 0) {
            line.add(String.format(
                    java.util.Locale.ROOT,
                    task.decimal("cost_usd") < 0.1 ? " · $%.4f" : " · $%.2f",
                    task.decimal("cost_usd")));
        }
        if (task.flag("cost_unknown")) {
            line.add(" · " + (task.number("tokens_in") + task.number("tokens_out"))
                    + " tokens, some without a known price");
        }
        long files = task.number("files_changed");
        String lines = Words.lines(task.number("lines_added"), task.number("lines_removed"));
        line.add(files == 0 ? " · no files changed" : " · " + Words.count(files, "file") + " " + lines);
        if (state.equals("succeeded")) {
            checked(line, task);
        }
        String detail = task.text("stop_detail").isEmpty() ? task.text("stop_reason") : task.text("stop_detail");
        if (!state.equals("succeeded") && !detail.isEmpty()) {
            line.add(" · " + detail);
        }
        return line;
    }

    /** A script says in its conversation what it checks. */
    private static void checked(Line line, Json task) {
        Json check = task.get("check");
        String command = check.isNull() ? "" : check.text("command");
        boolean changed =
                task.number("files_changed") > 0 && !task.text("model").equals("script");
        switch (check.isNull() ? "" : check.text("outcome")) {
            case "passed" -> line.add(" · ").add(Look.GREEN, "✓ ").add(command);
            case "cannot_run" ->
                line.add(" · ").add(Look.YELLOW, "not checked: " + command + " cannot run in the sandbox");
            case "" -> {
                if (changed) {
                    line.add(" · ").add(Look.YELLOW, "not checked");
                }
            }
            default -> {
                // Nothing was changed; that it failed is the reason of the task's end.
            }
        }
    }

    /** The task's own code once it has ended; before, what it waits for. */
    public static int exitCode(Json task) {
        if (!task.get("exit_code").isNull()) {
            return (int) task.number("exit_code");
        }
        return switch (task.text("waiting_for")) {
            case "" ->
                switch (task.text("state")) {
                    case "succeeded" -> ErrorCode.Exit.DONE;
                    case "paused" -> ErrorCode.Exit.WAITING;
                    default -> ErrorCode.Exit.FAILED;
                };
            case "budget", "doom_loop" -> ErrorCode.Exit.LIMIT;
            default -> ErrorCode.Exit.WAITING;
        };
    }
}
