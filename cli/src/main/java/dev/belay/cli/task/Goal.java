package dev.belay.cli.task;

import dev.belay.cli.transcript.Kinds;
import dev.belay.cli.transcript.Watch;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;

/** What {@code wait --for} waits for: a state, which is looked at now, or an event, which stays true once recorded. */
sealed interface Goal {
    /** Whether how the task stands is enough; what was recorded is found in its events. */
    default boolean metBy(Json task) {
        return false;
    }

    boolean metByEvent(Json event);

    /** Whether what was recorded before counts too. */
    default boolean ofHistory() {
        return true;
    }

    /** For “t-7fq2 did not … in 5s”. */
    String words();

    /** Whether the exit code is the task's. */
    default boolean isEnd() {
        return false;
    }

    /** The usual: it has ended, or needs a person. */
    record Settled() implements Goal {
        @Override
        public boolean metBy(Json task) {
            return task.flag("terminal")
                    || !task.text("waiting_for").isEmpty()
                    || task.text("state").equals("paused");
        }

        @Override
        public boolean metByEvent(Json event) {
            return Watch.isEnd(event)
                    || !event.get("task_state").text("waiting_for").isEmpty()
                    || event.get("task_state").text("to").equals("paused");
        }

        @Override
        public boolean ofHistory() {
            return false;
        }

        @Override
        public String words() {
            return "end";
        }

        @Override
        public boolean isEnd() {
            return true;
        }
    }

    /** @param name a state, or {@code terminal} */
    record State(String name) implements Goal {
        @Override
        public boolean metBy(Json task) {
            return name.equals("terminal")
                    ? task.flag("terminal")
                    : task.text("state").equals(name);
        }

        @Override
        public boolean metByEvent(Json event) {
            return name.equals("terminal")
                    ? Watch.isEnd(event)
                    : event.text("kind").equals("task.state")
                            && event.get("task_state").text("to").equals(name);
        }

        @Override
        public boolean ofHistory() {
            return false;
        }

        @Override
        public String words() {
            return name.equals("terminal") ? "end" : "become " + name;
        }

        @Override
        public boolean isEnd() {
            return name.equals("terminal");
        }
    }

    /** The call of this step has come back. */
    record Step(long number) implements Goal {
        @Override
        public boolean metByEvent(Json event) {
            return event.text("kind").equals("tool.result") && event.number("step") == number;
        }

        @Override
        public String words() {
            return "finish step s" + number;
        }
    }

    /** This snapshot is at the controller. */
    record Snapshot(long number) implements Goal {
        @Override
        public boolean metByEvent(Json event) {
            if (event.text("kind").equals("snapshot.failed")
                    && event.get("snapshot_failed").number("step") == number) {
                throw BelayException.of(
                        ErrorCode.E_NO_SUCH_SNAPSHOT,
                        "step s" + number + " has no snapshot",
                        event.get("snapshot_failed").text("reason") + " (layer: runner)",
                        "belay snapshots T lists those there are");
            }
            return event.get("snapshot_created").get("snapshot").text("id").equals("s" + number);
        }

        @Override
        public String words() {
            return "take snapshot s" + number;
        }
    }

    /** An event of this kind. */
    record Kind(String name) implements Goal {
        @Override
        public boolean metByEvent(Json event) {
            return event.text("kind").equals(name);
        }

        @Override
        public String words() {
            return "record a " + name;
        }
    }

    /** @param text as typed; empty for the usual */
    static Goal parse(String text) {
        if (text.isEmpty()) {
            return new Settled();
        }
        int equals = text.indexOf('=');
        String value = text.substring(equals + 1);
        return switch (equals < 0 ? "" : text.substring(0, equals)) {
            case "step" -> new Step(number(text, value, 1));
            case "snapshot" -> new Snapshot(number(text, value, 0));
            case "event" -> new Kind(Kinds.checked("--for event=", value));
            default -> {
                if (!STATES.contains(text)) {
                    throw unknown(text);
                }
                yield new State(text);
            }
        };
    }

    List<String> STATES = List.of(
            "terminal", "queued", "preparing", "running", "waiting", "paused", "succeeded", "failed", "cancelled");

    private static long number(String whole, String text, long least) {
        String digits = text.startsWith("s") ? text.substring(1) : text;
        boolean number = !digits.isEmpty() && digits.length() <= 9;
        for (int i = 0; i < digits.length(); i++) {
            number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        if (!number || Long.parseLong(digits) < least) {
            throw unknown(whole);
        }
        return Long.parseLong(digits);
    }

    private static BelayException unknown(String text) {
        List<String> known = new ArrayList<>(STATES);
        known.addAll(List.of("step=s4", "snapshot=s4", "event=tool.call"));
        return BelayException.of(
                ErrorCode.E_USAGE,
                "--for does not understand " + text + Nearest.hint(text, known),
                "it knows " + String.join(", ", known) + " (layer: client)",
                "belay wait T --for running");
    }
}
