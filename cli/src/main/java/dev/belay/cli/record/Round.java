package dev.belay.cli.record;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a log holds of one turn of the model. */
final class Round {
    /** Of an answer's words in the log. More of them are cut there. */
    private static final int TEXT_LENGTH = 256 << 10;

    private final long turn;
    private String text = "";
    private long planned;
    private boolean whole;
    private final Map<String, Json> begun = new LinkedHashMap<>();
    private final Map<String, Json> results = new LinkedHashMap<>();

    Round(long turn) {
        this.turn = turn;
    }

    void said(Json message) {
        text = message.text("text");
        planned = message.get("calls").items().size();
    }

    void called(Json event) {
        begun.put(event.get("tool_call").text("call_id"), event);
    }

    void returned(Json event) {
        results.put(event.get("tool_result").text("call_id"), event.get("tool_result"));
    }

    void end() {
        whole = true;
    }

    boolean isWhole() {
        return whole;
    }

    long turn() {
        return turn;
    }

    String text() {
        return text;
    }

    boolean isTextCut() {
        return text.length() >= TEXT_LENGTH;
    }

    /** Made in their order. */
    List<Json> begun() {
        return new ArrayList<>(begun.values());
    }

    /** Words with which the turn ended, and not the beginning of an answer whose calls were not made. */
    boolean isLastWord() {
        return whole && planned == 0 && begun.isEmpty() && !text.isBlank();
    }

    long notMade() {
        return Math.max(0, planned - begun.size());
    }

    /** Whether the call came to its own end. */
    boolean cameBack(Json call) {
        Json result = results.getOrDefault(call.get("tool_call").text("call_id"), Json.NULL);
        return !result.isNull() && result.text("interrupted").isEmpty();
    }
}
