package dev.belay.runner.agent;

import dev.belay.proto.json.Json;

/**
 * A call as the model made it.
 *
 * @param input the fields, not yet checked
 * @param unreadable what the model sent in place of fields, when it was no JSON object; otherwise empty
 */
public record ToolCall(String id, String tool, Json.Obj input, String unreadable) {
    public ToolCall(String id, String tool, Json.Obj input) {
        this(id, tool, input, "");
    }
}
