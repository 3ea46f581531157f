package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;

/** Which turn of the script answers a request. By itself it is the one after the answers that the request shows. */
@FunctionalInterface
public interface Cueing {
    Cueing BY_ANSWERS = (body, answers) -> answers;

    /**
     * @param answers of a model, that the request shows
     * @return counted from 0
     */
    int turn(Json body, int answers);
}
