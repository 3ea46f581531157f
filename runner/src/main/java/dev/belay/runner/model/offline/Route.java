package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.Map;

/** One wire format: which requests are its own, what its service refuses of them, and how it answers the others. */
sealed interface Route permits MessagesRoute, ResponsesRoute, ChatRoute, GeminiRoute {
    /** Apart from all others of the server; what one wire was told, another has not read. */
    String name();

    boolean serves(String path);

    Asked judge(HttpRequest request) throws RefusedException;

    Answer answer(Cue cue);

    EventStream.Form form();

    /** The error that this service has for the fault. */
    Refusal refusal(Fault.Refusing fault);

    /** The body of an error. */
    Json error(Refusal refusal);

    /** What every answer has, errors too. */
    Map<String, String> headers();
}
