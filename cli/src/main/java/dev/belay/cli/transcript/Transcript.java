package dev.belay.cli.transcript;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a task's events to a person. A step is one line: what was called, what came of it, its snapshot; on a terminal
 * the call shows while it works. It says only what the events say.
 */
public final class Transcript {
    private static final int OUTPUT_OF_FAILURE = 8;
    private static final int OUTPUT_OF_SUCCESS = 2;
    private static final int WIDEST = 120;

    private final Screen screen;
    private final String task;
    private final int width;
    private final Map<String, Amount> leftOut = new HashMap<>();
    private @Nullable Step step;
    private final StringBuilder said = new StringBuilder();
    private int turn;
    private boolean toldTurn;
    private boolean toldWay;
    /** The step of the set-up that was last begun. */
    private Json setUp = Json.NULL;

    public Transcript(Screen screen, String shortId) {
        this.screen = screen;
        this.task = shortId;
        this.width = Math.min(screen.width(), WIDEST);
    }

    /** The turn that was last begun; 0 before the first. */
    public int turn() {
        return turn;
    }

    /** A call on its way to becoming one line. */
    private static final class Step {
        private final int number;
        private final Json call;
        private @Nullable Json result;
        private final List<Json> denials = new ArrayList<>();

        Step(int number, Json call) {
            this.number = number;
            this.call = call;
        }
    }

    /** What the model is just saying: the end of it is shown until the event comes that has it whole. */
    public void hear(Json saying) {
        if (saying.flag("reset")) {
            said.setLength(0);
        }
        said.append(saying.text("text"));
        if (step != null) {
            return;
        }
        String line = said.toString().strip();
        line = line.substring(line.lastIndexOf('\n') + 1);
        screen.unfinished(new Line().dim("   " + endOf(line, room(2))));
    }

    private static String endOf(String line, int columns) {
        int from = line.length();
        int wide = 0;
        while (from > 0) {
            int before = line.offsetByCodePoints(from, -1);
            wide += Printable.columns(line.substring(before, from));
            if (wide >= columns) {
                return "…" + line.substring(from);
            }
            from = before;
        }
        return line;
    }

    public void tell(Json event) {
        switch (event.text("kind")) {
            case "task.state" -> state(event.get("task_state"));
            case "setup.start" -> {
                finish(null);
                setUp = event.get("setup_start");
                screen.unfinished(callLine("setup", SetupLines.begun(setUp), new Line().dim("…")));
            }
            case "setup.end" -> setUpEnded(event.get("setup_end"));
            case "turn.start" -> {
                finish(null);
                turn = (int) event.number("turn");
                toldTurn = false;
            }
            case "turn.end" -> finish(null);
            case "model.message" -> {
                finish(null);
                message(event.get("model_message").text("text"));
            }
            case "model.noted" -> aside("told: " + event.get("model_noted").text("text"));
            case "context.pruned" -> aside(Shortened.pruned(event.get("context_pruned")));
            case "context.compacted" -> aside(Shortened.compacted(event.get("context_compacted")));
            case "tool.call" -> {
                finish(null);
                turnHead();
                step = new Step((int) event.number("step"), event.get("tool_call"));
                screen.unfinished(callLine(step, new Line().dim("…")));
            }
            case "tool.result" -> result(event.get("tool_result"));
            case "policy.denied" -> denied(event.get("policy_denied"));
            case "snapshot.created" -> snapshot(event.get("snapshot_created").get("snapshot"));
            case "snapshot.failed" -> {
                finish(null);
                screen.line(new Line()
                        .add("     ")
                        .add(Look.RED, "✗ NO SNAPSHOT")
                        .add(" of step " + event.get("snapshot_failed").number("step") + ": "
                                + event.get("snapshot_failed").text("reason")));
            }
            case "operation" -> operation(event.get("operation").get("operation"));
            case "warning" -> {
                finish(null);
                wrapped(new Line().add(Look.YELLOW, "! "), event.get("warning").text("text"));
            }
            case "person.message" -> {
                finish(null);
                Line lead = new Line().add(Look.CYAN, "✎ " + event.text("actor") + ": ");
                for (String line :
                        event.get("person_message").text("text").strip().split("\n", -1)) {
                    wrapped(lead, line);
                    lead = new Line().add("  ");
                }
            }
            case "task.fork" -> {
                finish(null);
                screen.line(new Line()
                        .bold(task)
                        .add("  begins where " + event.get("task_fork").text("parent") + "@"
                                + event.get("task_fork").text("snapshot") + " was"));
            }
            default -> {
                // An event of a newer server.
            }
        }
    }

    /** Prints what is still held back, when nobody watches any longer. */
    public void leave() {
        Step open = step;
        if (open != null && open.result == null) {
            step = null;
            screen.line(callLine(open, new Line().dim("still at work")));
        }
        finish(null);
    }

    private void setUpEnded(Json ended) {
        String words = setUp.number("number") == ended.number("number") ? SetupLines.begun(setUp) : ended.text("name");
        boolean failed = ended.number("exit_code") != 0;
        Line right = new Line().add(failed ? Look.RED : Look.PLAIN, SetupLines.ended(ended));
        screen.line(callLine("setup", words, took(right, ended.number("duration_ms"))));
        if (failed) {
            lastLines(ended.text("output"), OUTPUT_OF_FAILURE);
        }
    }

    private void state(Json change) {
        finish(null);
        String to = change.text("to");
        switch (to) {
            case "succeeded", "failed", "cancelled" -> {
                // The last line says it, with the task's totals.
            }
            case "running" -> {
                if (!change.get("weaker").items().isEmpty()) {
                    weaker(change);
                }
            }
            default -> {
                Line line = new Line().bold(task).add("  ").add(to);
                if (!change.text("runner").isEmpty()) {
                    line.add(" on " + change.text("runner"));
                }
                if (!change.text("sandbox").isEmpty()) {
                    line.add(" (" + change.text("sandbox") + " sandbox)");
                }
                if (!change.text("waiting_for").isEmpty()) {
                    line.add(" for " + change.text("waiting_for").replace('_', ' '));
                }
                // That it was given to the runner is said already.
                if (!change.text("detail").isEmpty()
                        && !change.text("detail").equals("given to " + change.text("runner"))) {
                    line.add(": " + change.text("detail"));
                }
                if (!toldWay && screen.live()) {
                    toldWay = true;
                    line.dim("   Ctrl-C detaches, the task goes on");
                }
                screen.line(line);
                if (!change.get("weaker").items().isEmpty()) {
                    weaker(change);
                }
            }
        }
    }

    private void weaker(Json change) {
        for (Json cell : change.get("weaker").items()) {
            wrapped(new Line().add(Look.YELLOW, "! weaker isolation: "), cell.text());
        }
    }

    private void turnHead() {
        if (!toldTurn && turn > 0) {
            toldTurn = true;
            screen.line(new Line().dim("── turn " + turn));
        }
    }

    private void message(String text) {
        turnHead();
        if (text.isBlank()) {
            // It only called something.
            return;
        }
        for (String line : text.strip().split("\n", -1)) {
            wrapped(new Line(), line);
        }
    }

    private void aside(String what) {
        finish(null);
        turnHead();
        screen.line(new Line().dim("   " + what));
    }

    /** Breaks between words, so that nothing of what was said is lost on a narrow screen. */
    private void wrapped(Line lead, String text) {
        wrapped(lead, Math.min(2, lead.columns()), text);
    }

    /** @param deeper how far the lines after the first are indented */
    private void wrapped(Line lead, int deeper, String text) {
        Line line = new Line().add("   ").add(lead);
        String rest = text;
        for (int room = room(lead.columns()); rest.length() > room; room = room(deeper)) {
            int end = rest.lastIndexOf(' ', room);
            end = end <= 0 ? room : end;
            if (Character.isHighSurrogate(rest.charAt(end - 1))) {
                end++;
            }
            screen.line(line.add(rest.substring(0, end)));
            line = new Line().add(" ".repeat(3 + deeper));
            rest = rest.substring(end).stripLeading();
        }
        screen.line(line.add(rest));
    }

    private int room(int taken) {
        return Math.max(20, width - 3 - taken);
    }

    private void result(Json result) {
        Step current = step;
        if (current == null) {
            return;
        }
        current.result = result;
        screen.unfinished(callLine(current, outcome(result)));
    }

    private void denied(Json denial) {
        if (step != null) {
            step.denials.add(denial);
        } else {
            tellDenial(denial);
        }
    }

    private void snapshot(Json snapshot) {
        if (step != null && step.number == snapshot.number("step")) {
            finish(snapshot);
        } else if (snapshot.text("kind").equals("base")) {
            screen.line(new Line()
                    .dim("   s0  the base: your project as it was sent" + (setUp.isNull() ? "" : ", set up")));
        } else if (snapshot.number("files_changed") > 0
                && !snapshot.text("kind").equals("revert")) {
            finish(null);
            screen.line(new Line()
                    .add("   ")
                    .add(Look.CYAN, snapshot.text("id"))
                    .dim("  " + snapshot.text("kind") + "  " + Words.count(snapshot.number("files_changed"), "file")
                            + " changed"));
        }
        Set<String> here = new HashSet<>();
        for (Json left : snapshot.get("not_captured").items()) {
            String key = left.text("path") + "\0" + left.text("why");
            Amount now = new Amount(left.number("bytes"), left.number("files"));
            Amount told = leftOut.get(key);
            here.add(key);
            // Once is enough while it stays so: every snapshot from here on names it.
            if (told == null || now.isFarMoreThan(told)) {
                leftOut.put(key, now);
                screen.line(new Line()
                        .add("     ")
                        .add(Look.YELLOW, "not in the snapshot: ")
                        .add(left.text("path") + " (" + left.text("why") + amount(left) + ")"));
            }
        }
        // What was captured meanwhile is news when it is left out again.
        leftOut.keySet().retainAll(here);
    }

    /** How much of a path no snapshot held when that was told. */
    private record Amount(long bytes, long files) {
        boolean isFarMoreThan(Amount told) {
            return bytes > 0 && bytes >= 2 * told.bytes || files > 0 && files >= 2 * told.files;
        }
    }

    /** Where a look at each file would have been needed to sum up their bytes, their number is known. */
    private static String amount(Json left) {
        if (left.number("bytes") > 0) {
            return ", " + Words.bytes(left.number("bytes"));
        }
        return left.number("files") > 0 ? ", " + Words.count(left.number("files"), "file") : "";
    }

    private void operation(Json operation) {
        String kind = operation.text("kind");
        if (kind.equals("step") || kind.equals("base") || kind.equals("safety") || kind.equals("exec")) {
            return;
        }
        finish(null);
        screen.line(new Line()
                .add("   ")
                .add(Look.CYAN, "↺ " + kind + undone(operation))
                .add(" by " + operation.text("actor") + ": " + operation.text("from") + " → " + operation.text("to"))
                .dim("  " + Words.count(operation.number("files_changed"), "file") + " changed"));
    }

    /** Of a revert: the step that is undone. */
    private static String undone(Json operation) {
        String step = operation.text("reverts");
        return step.isEmpty() ? "" : " of " + step;
    }

    private void finish(@Nullable Json snapshot) {
        Step done = step;
        if (done == null) {
            return;
        }
        step = null;
        Line right = done.result == null ? new Line().dim("no result") : outcome(done.result);
        if (snapshot != null) {
            right.add("  ").add(Look.CYAN, snapshot.text("id"));
            if (snapshot.number("files_changed") == 0 && width >= 100) {
                right.dim(" (no change)");
            }
        }
        screen.line(callLine(done, right));
        if (done.result != null) {
            output(done.result);
        }
        done.denials.forEach(this::tellDenial);
    }

    private Line callLine(Step of, Line right) {
        return callLine(of.call.text("tool"), of.call.text("summary"), right);
    }

    private Line callLine(String tool, String words, Line right) {
        int room = Math.max(24, width - right.columns() - 2);
        Line left = new Line()
                .add("   ▸ ")
                .bold(lower(tool))
                .add(" ".repeat(Math.max(1, 6 - tool.length())))
                .add(words)
                .fit(room);
        return left.to(Math.min(room + 2, Math.max(52, left.columns() + 2))).add(right);
    }

    private static String lower(String tool) {
        return tool.toLowerCase(java.util.Locale.ROOT);
    }

    private static Line outcome(Json result) {
        Line line = new Line();
        boolean failed = result.flag("is_error") || result.number("exit_code") != 0;
        String summary = result.text("summary");
        if (!result.text("interrupted").isEmpty()) {
            line.add(Look.RED, result.text("interrupted"));
        } else if (result.flag("timed_out")) {
            line.add(Look.RED, "timed out");
        } else {
            line.add(failed ? Look.RED : Look.PLAIN, summary.isEmpty() ? failed ? "failed" : "done" : summary);
        }
        return took(line, result.number("duration_ms"));
    }

    private static Line took(Line line, long millis) {
        if (millis >= 100) {
            line.dim("  " + Words.duration(Duration.ofMillis(millis)));
        }
        return line;
    }

    /** The end of what a command printed: more of it when it failed. */
    private void output(Json result) {
        boolean command = !result.get("exit_code").isNull();
        boolean failed = result.flag("is_error") || result.number("exit_code") != 0;
        int most = failed ? OUTPUT_OF_FAILURE : command ? OUTPUT_OF_SUCCESS : 0;
        String text = result.text("output").strip();
        String code = "exit code: " + result.number("exit_code");
        // The model reads its exit code first; a person has it on the line above.
        if (command && (text.equals(code) || text.startsWith(code + "\n"))) {
            text = text.substring(code.length()).strip();
        }
        if (!text.equals("(no output)")) {
            lastLines(text, most);
        }
    }

    private void lastLines(String text, int most) {
        String[] lines = text.split("\n", -1);
        for (int i = Math.max(0, lines.length - most); i < lines.length; i++) {
            if (!lines[i].isBlank()) {
                screen.line(new Line().dim("     │ ").dim(lines[i]).fit(width));
            }
        }
    }

    private void tellDenial(Json denial) {
        Line line = new Line()
                .add("     ")
                .add(Look.RED, "✗ DENIED " + denial.text("what"))
                .add("  ")
                .bold(denial.text("target"))
                .add("   rule: " + denial.text("rule"));
        if (!denial.text("place").isEmpty() && !denial.text("rule").contains(denial.text("place"))) {
            line.dim("  " + denial.text("place"));
        }
        screen.line(line);
        String reason = denial.text("reason");
        if (!denial.text("layer").isEmpty()) {
            reason = reason.isEmpty()
                    ? "layer: " + denial.text("layer")
                    : reason + " (layer: " + denial.text("layer") + ")";
        }
        for (String text : List.of(reason, denial.text("instead"))) {
            if (!text.isEmpty()) {
                wrapped(new Line().add("    "), 4, text);
            }
        }
    }
}
