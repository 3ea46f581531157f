package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.proto.script.Script;
import java.time.Duration;
import java.util.List;

/**
 * What the model says in one turn.
 *
 * @param pace between two words of {@code text}
 */
record Spoken(String text, Duration pace, List<Called> calls, Ending ending) {
    private static final String END = "The script is at its end.";

    Spoken {
        calls = List.copyOf(calls);
    }

    enum Ending {
        WHOLE,
        AT_LENGTH_LIMIT,
        DECLINED,
        FILTERED
    }

    /** @param arguments as they are sent: JSON, unless a fault is played */
    record Called(String tool, String arguments) {
        boolean isWhole() {
            try {
                return Json.parse(arguments) instanceof Json.Obj;
            } catch (JsonException broken) {
                return false;
            }
        }

        /** The fields, or none where the arguments are no JSON. */
        Json input() {
            return isWhole() ? Json.parse(arguments) : Json.object().build();
        }
    }

    /** @param turn counted from 0 */
    static Spoken of(Script script, int turn) {
        if (turn >= script.turns().size()) {
            return new Spoken(END, Duration.ZERO, List.of(), Ending.WHOLE);
        }
        Script.Turn written = script.turns().get(turn);
        List<Called> calls = written.calls().stream()
                .map(call -> new Called(call.tool(), call.input().print()))
                .toList();
        return new Spoken(written.say(), written.pace(), calls, Ending.WHOLE);
    }

    /** What the model thinks before it calls. It is the same wherever the turn is said. */
    String thought() {
        List<String> tools = calls.stream().map(Called::tool).toList();
        return "The next step needs " + String.join(" and then ", tools) + ", so it is called now.";
    }

    long tokens() {
        long characters = text.length();
        for (Called call : calls) {
            characters += call.tool().length() + call.arguments().length();
        }
        return Math.max(1, Tokens.of(characters));
    }
}
