package dev.belay.cli.bench;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the events of one task say about time. The client, the controller and the runner all read this machine's clock.
 *
 * @param submitted when the request left the client
 */
record TaskTimes(Instant submitted, List<Json> events) {

    /** From a moment to the last of the events. */
    double sinceOf(Instant moment) {
        return ms(moment, at(events.getLast()));
    }

    double untilAssigned() throws IOException {
        for (Json event : events) {
            if (event.get("task_state").text("to").equals("preparing")) {
                return ms(submitted, at(event));
            }
        }
        throw new IOException("a measured task was never given to a runner");
    }

    double untilFirstResult() throws IOException {
        for (Json event : events) {
            if (isA(event, "tool.result")) {
                return ms(submitted, at(event));
            }
        }
        throw new IOException("a measured task had no result of a call");
    }

    /** From the moment that a call is about to be recorded to its result: the record is part of what a call costs. */
    List<Double> calls() {
        List<Double> all = new ArrayList<>();
        Instant called = Instant.EPOCH;
        for (Json event : events) {
            if (isA(event, "tool.call")) {
                called = at(event);
            } else if (isA(event, "tool.result")) {
                all.add(ms(called, at(event)));
            }
        }
        return all;
    }

    /** From the start of a turn to the start of the next, for every turn that has a next. */
    List<Double> turns() {
        List<Instant> starts = events.stream()
                .filter(event -> isA(event, "turn.start"))
                .map(TaskTimes::at)
                .toList();
        List<Double> all = new ArrayList<>();
        for (int i = 1; i < starts.size(); i++) {
            all.add(ms(starts.get(i - 1), starts.get(i)));
        }
        return all;
    }

    private static boolean isA(Json event, String kind) {
        return event.text("kind").equals(kind);
    }

    private static Instant at(Json event) {
        return Instant.parse(event.text("at"));
    }

    private static double ms(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }
}
