package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.agent.ToolCall;

/** A call's fields as they come in pieces. What is cut off or wrong is not repaired: the call tells what came. */
final class StreamedInput {
    /** Deeper fields could not be read back from what keeps them inside of something else. */
    private static final int DEEPEST = Json.MAX_DEPTH - 16;

    private static final Json.Obj NOTHING = Json.object().build();

    private final StringBuilder text = new StringBuilder();

    void add(String piece) {
        text.append(piece);
    }

    /** Without any text, the call has no fields. */
    ToolCall call(String id, String tool) {
        String whole = text.toString();
        if (whole.isEmpty()) {
            return new ToolCall(id, tool, NOTHING);
        }
        try {
            if (Json.parse(whole) instanceof Json.Obj input && Depth.within(input, DEEPEST)) {
                return new ToolCall(id, tool, input);
            }
        } catch (JsonException unreadable) {
            // The text itself is the best account of what is wrong.
        }
        return new ToolCall(id, tool, NOTHING, whole);
    }
}
