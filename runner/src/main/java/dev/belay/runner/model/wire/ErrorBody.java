package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;

/** The error in an answer that is no stream, wherever it is kept; what is no error of the form becomes its message. */
final class ErrorBody {
    private ErrorBody() {}

    static Json of(String body) {
        Json whole;
        try {
            whole = Json.parse(body);
        } catch (JsonException noJson) {
            return message(body);
        }
        // Google sends a list of one where it would have sent a stream.
        Json one = whole.items().isEmpty() ? whole : whole.items().getFirst();
        return switch (one.get("error")) {
            case Json.Obj error -> error;
            case Json.Str(String words) -> message(words);
            default -> message(one.text("message").isEmpty() ? body : one.text("message"));
        };
    }

    private static Json message(String words) {
        return Json.object().put("message", words).build();
    }
}
