package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;

/** Questions that every judge has about a piece of JSON. */
final class Fields {
    private Fields() {}

    /** A member that is not among the known ones. */
    static Optional<String> unknown(Json value, Set<String> known) {
        return value instanceof Json.Obj(var members)
                ? members.keySet().stream()
                        .filter(name -> !known.contains(name))
                        .findFirst()
                : Optional.empty();
    }

    static boolean has(Json value, String name) {
        return !value.get(name).isNull();
    }

    static boolean isWhole(Json value, long least) {
        return value instanceof Json.Num(BigDecimal number)
                && number.stripTrailingZeros().scale() <= 0
                && number.compareTo(BigDecimal.valueOf(least)) >= 0;
    }

    static boolean isText(Json value) {
        return value instanceof Json.Str;
    }

    static boolean isObject(Json value) {
        return value instanceof Json.Obj;
    }

    static boolean isList(Json value) {
        return value instanceof Json.Arr;
    }

    /** The body of a request, which has to be an object. */
    static Json body(HttpRequest request) throws RefusedException {
        String type = request.header("content-type");
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new RefusedException(
                    new Refusal(415, "", "", "the content-type must be application/json, and is \"" + type + "\""));
        }
        try {
            Json body = Json.parse(request.body());
            if (!isObject(body)) {
                throw RefusedException.badRequest("the body must be a JSON object");
            }
            return body;
        } catch (JsonException broken) {
            throw RefusedException.badRequest("the body is no JSON: " + broken.getMessage());
        }
    }
}
