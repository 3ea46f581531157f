package dev.belay.cli.record;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a task's log and keeps what its model said and called. What others did is a remark at its place.
 *
 * <p>Guarantee: every call that was made is a call of the recording, in its order and with its input, or there is no
 * recording.
 */
final class Recorder {
    static final Set<String> KINDS = Set.of(
            "turn.start",
            "turn.end",
            "model.message",
            "tool.call",
            "tool.result",
            "operation",
            "person.message",
            "task.fork",
            "task.state");

    private final Json task;
    private final List<PlayedTurn> turns = new ArrayList<>();
    private final Map<String, Json> said = new LinkedHashMap<>();
    private final Set<String> told = new HashSet<>();
    private List<String> remarks = new ArrayList<>();
    private @Nullable Round round;
    /** The turn that began and has no answer yet; 0 is none. */
    private long unanswered;

    private String prompt;

    private Recorder(Json task) {
        this.task = task;
        this.prompt = task.text("prompt");
    }

    static Recording of(Json task, List<Json> log) {
        Recorder recorder = new Recorder(task);
        for (Json event : log) {
            if (event.text("kind").equals("person.message")) {
                recorder.said.putIfAbsent(event.get("person_message").text("id"), event);
            }
        }
        log.forEach(recorder::take);
        return recorder.recording();
    }

    private Recording recording() {
        endRound();
        noAnswer();
        said.forEach((id, message) -> {
            if (!told.contains(id)) {
                remarks.add(spoken(message, "given to no turn"));
            }
        });
        if (turns.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_NOT_FOUND,
                    task.text("short_id") + " has nothing to record",
                    "its model has not answered yet (layer: client)",
                    "belay wait " + task.text("short_id"));
        }
        if (!turns.getLast().calls().isEmpty()) {
            String stands =
                    task.text("state") + (task.text("stop_reason").isEmpty() ? "" : ", " + task.text("stop_reason"));
            remarks.add("no last word was said (" + stands + "): a replay stops here as script_ended,"
                    + " unless a turn is added such as\n- say: \"Done.\"");
        }
        return new Recording(task.text("id"), task.text("model"), prompt, turns, remarks);
    }

    private void take(Json event) {
        switch (event.text("kind")) {
            case "turn.start" -> begin(event);
            case "turn.end" -> {
                if (round != null && round.turn() == event.number("turn")) {
                    round.end();
                }
            }
            case "model.message" -> round(event).said(event.get("model_message"));
            case "tool.call" -> called(event);
            case "tool.result" -> {
                if (round != null) {
                    round.returned(event);
                }
            }
            case "operation" -> moved(event.get("operation").get("operation"));
            case "task.fork" -> forked(event.get("task_fork"));
            default -> {
                // It is no part of what the model did.
            }
        }
    }

    private void begin(Json event) {
        endRound();
        noAnswer();
        unanswered = event.number("turn");
        for (Json id : event.get("turn_start").get("messages").items()) {
            Json message = said.get(id.text());
            if (message != null && told.add(id.text())) {
                remarks.add(spoken(message, "given with turn " + unanswered));
            }
        }
    }

    private void called(Json event) {
        switch (event.get("tool_call").text("tool")) {
            case "exec" -> remark(event, "a person ran a command (s" + event.number("step") + "); a replay does not");
            case "check" -> remark(event, "Belay checked the work (s" + event.number("step") + ")");
            default -> round(event).called(event);
        }
    }

    /** Between two calls of a turn it would not stand at its place; before the next turn it does. */
    private void remark(Json event, String text) {
        boolean amid = round != null && !round.isWhole();
        remarks.add(text + (amid ? ", during turn " + event.number("turn") : ""));
    }

    private void moved(Json operation) {
        switch (operation.text("kind")) {
            case "rollback", "revert", "undo", "redo" ->
                remarks.add("a person moved the files from " + operation.text("from") + " to " + operation.text("to")
                        + " (" + operation.text("kind") + "); a replay does not");
            default -> {
                // The call that made it is recorded.
            }
        }
    }

    private void forked(Json fork) {
        prompt = fork.text("began_with");
        if (fork.flag("answered")) {
            endRound();
        }
        remarks.add("from here on it is a fork of " + fork.text("parent") + " at " + fork.text("snapshot"));
    }

    private Round round(Json event) {
        Round now = round;
        if (now == null || now.turn() != event.number("turn")) {
            endRound();
            now = new Round(event.number("turn"));
            round = now;
        }
        return now;
    }

    private void noAnswer() {
        if (unanswered > 0) {
            remarks.add("turn " + unanswered + " has no answer");
            unanswered = 0;
        }
    }

    private void endRound() {
        Round ended = round;
        round = null;
        if (ended == null || (ended.begun().isEmpty() && ended.text().isBlank())) {
            return;
        }
        if (ended.begun().isEmpty() && !ended.isLastWord()) {
            unanswered = 0;
            remarks.add("turn " + ended.turn() + " made none of its calls; it said:\n" + ended.text());
            return;
        }
        unanswered = 0;
        List<String> after = new ArrayList<>();
        PlayedTurn played = new PlayedTurn(ended.turn(), remarks, said(ended), calls(ended, after));
        remarks = after;
        if (!turns.isEmpty() && turns.getLast().calls().isEmpty()) {
            played = turns.removeLast().before(played);
        }
        turns.add(played);
    }

    private String said(Round ended) {
        if (ended.isTextCut()) {
            throw refused("the words of turn " + ended.turn(), "the log holds only their beginning");
        }
        return ended.text();
    }

    private List<PlayedTurn.Call> calls(Round ended, List<String> after) {
        List<PlayedTurn.Call> calls = new ArrayList<>();
        for (Json event : ended.begun()) {
            Json call = event.get("tool_call");
            long step = event.number("step");
            try {
                calls.add(new PlayedTurn.Call(
                        step, call.text("tool"), Playable.input(call.text("tool"), call.text("input_json"))));
            } catch (Unplayable unplayable) {
                throw refused("step s" + step + " (turn " + ended.turn() + ")", unplayable.why());
            }
            if (!ended.cameBack(event)) {
                after.add("s" + step + " of turn " + ended.turn() + " has no result of its own; a replay lets it end");
            }
        }
        if (calls.size() > Script.MOST_CALLS) {
            throw refused(
                    "turn " + ended.turn(),
                    "it makes more than " + Script.MOST_CALLS + " calls, from s"
                            + calls.getFirst().step() + " on");
        }
        if (ended.notMade() > 0) {
            after.add("turn " + ended.turn() + " wanted more calls that were not made: " + ended.notMade());
        }
        return calls;
    }

    private BelayException refused(String what, String why) {
        return BelayException.of(
                ErrorCode.E_SCRIPT,
                what + " cannot be played",
                why + " (layer: client)",
                "belay logs " + task.text("short_id") + " --json --kind tool.call,model.message");
    }

    private static String spoken(Json event, String when) {
        return "a person said at " + event.text("at") + ", " + when + ":\n"
                + event.get("person_message").text("text");
    }
}
