package dev.belay.cli.prompt;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One answer of the model as the log has it, with what became of its calls. */
final class Round {
    /** Of a call's input in the log. A longer one is cut there. */
    private static final int INPUT_LENGTH = 64 << 10;

    private final long turn;
    private String text = "";
    private Json own = Json.NULL;
    private boolean whole;
    private List<Json> planned = List.of();
    private final Map<String, Json> begun = new LinkedHashMap<>();
    private final Map<String, Json> results = new LinkedHashMap<>();

    Round(long turn) {
        this.turn = turn;
    }

    /** @param result nothing when there is none */
    record Call(String id, String tool, String input, long step, boolean made, Optional<Json> result) {
        /** It was never made, and cannot be made any longer: its input is not all there. */
        boolean isLost() {
            if (made || result.isPresent() || input.length() < INPUT_LENGTH) {
                return false;
            }
            try {
                return !(Json.parse(input) instanceof Json.Obj);
            } catch (JsonException unreadable) {
                return true;
            }
        }
    }

    void said(Json event) {
        Json message = event.get("model_message");
        text = message.text("text");
        own = message.get("own");
        planned = message.get("calls").items();
    }

    void called(Json event) {
        begun.put(event.get("tool_call").text("call_id"), event);
    }

    void returned(Json event) {
        results.put(event.get("tool_result").text("call_id"), event);
    }

    void end() {
        whole = true;
    }

    long turn() {
        return turn;
    }

    String text() {
        return text;
    }

    Json own() {
        return own;
    }

    /** Whether its last words are an answer, and not the beginning of one whose call was never written down. */
    boolean isWhole() {
        return whole;
    }

    /** In the order in which the model made them. */
    List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        if (planned.isEmpty()) {
            begun.values().forEach(event -> calls.add(call(event.get("tool_call"))));
        } else {
            planned.forEach(call -> calls.add(call(call)));
        }
        return calls;
    }

    private Call call(Json called) {
        String id = called.text("call_id");
        Json event = begun.getOrDefault(id, Json.NULL);
        String input = event.isNull()
                ? called.text("input_json")
                : event.get("tool_call").text("input_json");
        return new Call(
                id,
                called.text("tool"),
                input,
                event.number("step"),
                !event.isNull(),
                Optional.ofNullable(results.get(id)));
    }
}
