package dev.belay.cli.transcript;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One event in one line: when, its number, its turn and step, its kind, and what happened in a few words. */
public final class EventLine {
    private static final int SEQ_END = 31;
    private static final int PLACE = 33;
    private static final int KIND = 42;
    private static final int WORDS = 60;

    private EventLine() {}

    /** {@code 2026-11-21T12:00:00.000Z     6  1/s1     tool.call         bash sh tests/cart_test.sh}. */
    public static Line of(Json event) {
        String seq = Long.toString(event.number("seq"));
        Line line = new Line().dim(time(event.text("at")));
        return line.to(Math.max(line.columns() + 2, SEQ_END - seq.length()))
                .add(seq)
                .to(PLACE)
                .add(place(event))
                .to(KIND)
                .bold(event.text("kind"))
                .to(WORDS)
                .add(words(event));
    }

    /** Milliseconds always, so that lines can be sorted and stand in columns. */
    private static String time(String at) {
        Instant instant = Words.instant(at).truncatedTo(ChronoUnit.MILLIS);
        String text = instant.toString();
        return text.length() == 20 ? text.substring(0, 19) + ".000Z" : text;
    }

    private static String place(Json event) {
        long turn = event.number("turn");
        long step = event.number("step");
        return turn == 0 && step == 0 ? "–" : turn + (step == 0 ? "" : "/s" + step);
    }

    private static String words(Json event) {
        return switch (event.text("kind")) {
            case "task.state" -> state(event.get("task_state"));
            case "setup.start" -> SetupLines.begun(event.get("setup_start"));
            case "setup.end" ->
                joined(
                        " · ",
                        event.get("setup_end").text("name"),
                        SetupLines.ended(event.get("setup_end")),
                        Words.duration(Duration.ofMillis(event.get("setup_end").number("duration_ms"))));
            case "turn.start" -> event.get("turn_start").text("model");
            case "model.briefed" ->
                event.get("model_briefed").text("model") + " · told "
                        + event.get("model_briefed").text("system").length() + " characters";
            case "model.noted" -> "told: " + event.get("model_noted").text("text");
            case "context.pruned" -> Shortened.pruned(event.get("context_pruned"));
            case "context.compacted" -> Shortened.compacted(event.get("context_compacted"));
            case "turn.end" -> cost(event.get("turn_end"));
            case "model.message" -> event.get("model_message").text("text").strip();
            case "tool.call" ->
                joined(
                        " ",
                        lower(event.get("tool_call").text("tool")),
                        event.get("tool_call").text("summary"));
            case "tool.result" -> result(event.get("tool_result"));
            case "policy.denied" -> denied(event.get("policy_denied"));
            case "snapshot.created" -> snapshot(event.get("snapshot_created").get("snapshot"));
            case "snapshot.failed" ->
                "step " + event.get("snapshot_failed").number("step") + ": "
                        + event.get("snapshot_failed").text("reason");
            case "operation" -> operation(event.get("operation").get("operation"));
            case "warning" -> event.get("warning").text("text");
            case "person.message" ->
                event.text("actor") + ": "
                        + event.get("person_message").text("text").strip();
            case "task.fork" ->
                "from " + event.get("task_fork").text("parent") + "@"
                        + event.get("task_fork").text("snapshot");
            default -> "of a newer version of Belay; with --json it is shown whole";
        };
    }

    private static String state(Json change) {
        String moved = joined(" → ", change.text("from"), change.text("to"));
        String waiting = change.text("waiting_for");
        String where = change.text("runner");
        return joined(
                " · ",
                moved
                        + (waiting.isEmpty() ? "" : " for " + waiting.replace('_', ' '))
                        + (where.isEmpty() ? "" : " on " + where),
                change.text("stop_reason"),
                change.text("detail"));
    }

    private static String cost(Json turn) {
        long in = turn.number("tokens_in");
        long out = turn.number("tokens_out");
        return joined(
                " · ",
                turn.decimal("cost_usd") > 0 ? String.format(Locale.ROOT, "$%.4f", turn.decimal("cost_usd")) : "",
                in + out == 0 ? "" : in + " tokens in, " + out + " out",
                turn.number("cache_read") == 0 ? "" : turn.number("cache_read") + " from a cache",
                turn.flag("cost_unknown") ? "no price is known" : "");
    }

    private static String result(Json result) {
        return joined(
                " · ",
                joined(" ", lower(result.text("tool")), result.text("summary")),
                Words.duration(Duration.ofMillis(result.number("duration_ms"))),
                result.flag("timed_out") ? "timed out" : "",
                result.text("interrupted"));
    }

    private static String denied(Json denial) {
        return joined(
                " · ",
                denial.text("what") + " " + denial.text("target"),
                denial.text("rule"),
                denial.text("layer").isEmpty() ? "" : "layer: " + denial.text("layer"));
    }

    private static String snapshot(Json snapshot) {
        long files = snapshot.number("files_changed");
        return joined(
                " · ",
                snapshot.text("id"),
                snapshot.text("kind").equals("step") ? "" : snapshot.text("kind"),
                files == 0
                        ? "no change"
                        : joined(
                                " ",
                                Words.count(files, "file"),
                                Words.lines(snapshot.number("lines_added"), snapshot.number("lines_removed"))));
    }

    private static String operation(Json operation) {
        return joined(
                " · ",
                operation.text("kind") + " by " + operation.text("actor"),
                joined(" → ", operation.text("from"), operation.text("to")),
                Words.count(operation.number("files_changed"), "file"));
    }

    private static String lower(String tool) {
        return tool.toLowerCase(Locale.ROOT);
    }

    private static String joined(String between, String... parts) {
        List<String> there = new ArrayList<>();
        for (String part : parts) {
            if (!part.isEmpty()) {
                there.add(part);
            }
        }
        return String.join(between, there);
    }
}
