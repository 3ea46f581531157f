package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;

/**
 * A request that a service would take.
 *
 * @param streamed whether it asked for a stream
 * @param answers how many answers of a model the conversation holds
 */
record Asked(String model, boolean streamed, int answers, Json body, Prompt prompt) {}
