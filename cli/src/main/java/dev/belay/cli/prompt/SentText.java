package dev.belay.cli.prompt;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Table;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.util.Locale;

/** What a model was sent, for people. */
final class SentText {
    /** More than any terminal shows of a line. */
    private static final int BEGINNING = 800;

    private final Screen screen;
    private final Sent sent;
    private final String task;
    private final long[] tokens;
    private final long all;

    /** @param task what to call it */
    SentText(Screen screen, Sent sent, String task) {
        this.screen = screen;
        this.sent = sent;
        this.task = task;
        this.tokens = Shares.of(sent.parts(), sent.bill().tokensIn());
        long sum = 0;
        for (long share : tokens) {
            sum += share;
        }
        this.all = sum;
    }

    void print(boolean full) {
        screen.line(new Line().bold(task).add("  turn " + sent.turn() + "  " + sent.model()));
        if (sent.isScript()) {
            screen.line("The script model is sent nothing, it plays what is written; a model would be sent this:");
        } else if (sent.briefing().isMissing()) {
            screen.line("The log does not hold what the model was told before the conversation.");
        }
        screen.line("");
        if (full) {
            whole();
        } else {
            table();
        }
        screen.line("");
        summary();
    }

    private void table() {
        Table table = new Table(4, "KIND", "TURN", "TOKENS", "SHARE", "TEXT");
        int digits = Math.max(6, number(all).length());
        for (int i = 0; i < tokens.length; i++) {
            Part part = sent.parts().get(i);
            table.row(
                    new Line().add(look(part.kind()), part.kind().word()),
                    Line.of(place(part)),
                    Line.of(right(number(tokens[i]), digits)),
                    Line.of(right(percent(tokens[i]), 6)),
                    Line.of(beginning(part)));
        }
        table.print(screen);
    }

    private void whole() {
        for (int i = 0; i < tokens.length; i++) {
            Part part = sent.parts().get(i);
            if (i > 0) {
                screen.line("");
            }
            screen.line(new Line()
                    .add("── ")
                    .add(look(part.kind()), part.kind().word())
                    .add(part.turn() == 0 ? "" : " " + place(part))
                    .dim("  " + number(tokens[i]) + " tokens, " + percent(tokens[i])));
            for (String line : text(part).split("\n", -1)) {
                screen.line(new Line().verbatim(Look.PLAIN, line));
            }
        }
    }

    private void summary() {
        Bill bill = sent.bill();
        if (bill.isKnown()) {
            screen.line("turn " + sent.turn() + " read " + number(bill.tokensIn()) + " tokens, "
                    + number(bill.cacheRead()) + " of them from a cache; the shares are by characters");
        } else {
            screen.line("an estimate by characters alone: "
                    + (sent.isScript()
                            ? "a script counts no tokens"
                            : "the log does not say what turn " + sent.turn() + " read"));
        }
        if (bill.fresh() > 0) {
            screen.line("the task read " + number(bill.billed()) + " tokens in " + bill.turns()
                    + (bill.turns() == 1 ? " turn" : " turns") + " to tell the model " + number(bill.fresh())
                    + " new ones: " + String.format(Locale.ROOT, "%.1f", bill.multiplier()) + " times; "
                    + number(bill.billedFromCache()) + " came from a cache");
        }
    }

    private static String place(Part part) {
        return part.turn() == 0 ? "–" : part.turn() + (part.step() == 0 ? "" : "/s" + part.step());
    }

    private static String beginning(Part part) {
        String text = part.kind() == Part.Kind.TOOLS
                ? Briefing.toolNames(part.text())
                : part.text().strip();
        return text.substring(0, Math.min(BEGINNING, text.length()));
    }

    private static String text(Part part) {
        if (part.kind() != Part.Kind.TOOLS && part.kind() != Part.Kind.OWN) {
            return part.text();
        }
        try {
            return Json.parse(part.text()).pretty();
        } catch (JsonException unreadable) {
            return part.text();
        }
    }

    private String percent(long share) {
        return all == 0 ? "0%" : String.format(Locale.ROOT, "%.1f%%", 100.0 * share / all);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static Look look(Part.Kind kind) {
        return switch (kind) {
            case SYSTEM, TOOLS, OWN -> Look.DIM;
            case PROMPT, PERSON -> Look.BOLD;
            case NOTE -> Look.YELLOW;
            case ANSWER, CALL -> Look.CYAN;
            case RESULT -> Look.PLAIN;
        };
    }
}
