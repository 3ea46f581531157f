package dev.belay.runner.agent;

import dev.belay.proto.json.Json;

/**
 * A call as the model made it.
 *
 * @param input the fields, not yet checked
 */
public record ToolCall(String id, String tool, Json.Obj input) {}
