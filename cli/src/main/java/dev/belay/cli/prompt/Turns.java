package dev.belay.cli.prompt;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The turns that began, as a log has them. */
final class Turns {
    private final String task;
    private final List<Json> log;
    private final TreeSet<Long> numbers = new TreeSet<>();

    /** @param task what to call it in messages */
    Turns(String task, List<Json> log) {
        this.task = task;
        this.log = log;
        for (Json event : log) {
            if (event.text("kind").equals("turn.start")) {
                numbers.add(event.number("turn"));
            }
        }
    }

    /** Where the newest turn begins in the log. */
    int newest() {
        if (numbers.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_NOT_FOUND,
                    task + " has begun no turn yet",
                    "its model was asked nothing (layer: client)",
                    "belay wait " + task + " --for event=turn.start");
        }
        return begin(numbers.last());
    }

    /** Where that turn begins in the log; where it began more than once, the last time. */
    int at(long turn) {
        int newest = newest();
        if (!numbers.contains(turn)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    task + " has no turn " + turn,
                    "it has " + words() + " (layer: client)",
                    "belay prompt " + task + " --turn " + log.get(newest).number("turn"));
        }
        return begin(turn);
    }

    private int begin(long turn) {
        int at = 0;
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).text("kind").equals("turn.start") && log.get(i).number("turn") == turn) {
                at = i;
            }
        }
        return at;
    }

    /** {@code turns 1 to 4, 6}. */
    private String words() {
        List<String> stretches = new ArrayList<>();
        long from = numbers.first();
        long to = from;
        for (long number : numbers) {
            if (number > to + 1) {
                stretches.add(stretch(from, to));
                from = number;
            }
            to = number;
        }
        stretches.add(stretch(from, to));
        return (numbers.size() == 1 ? "turn " : "turns ") + String.join(", ", stretches);
    }

    private static String stretch(long from, long to) {
        return from == to ? Long.toString(from) : from + " to " + to;
    }
}
