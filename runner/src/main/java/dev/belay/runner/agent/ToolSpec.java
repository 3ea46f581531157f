package dev.belay.runner.agent;

import dev.belay.proto.json.Json;

/**
 * A tool as a model is told of it.
 *
 * @param schema of its input: a JSON Schema of an object
 */
public record ToolSpec(String name, String description, Json.Obj schema) {}
