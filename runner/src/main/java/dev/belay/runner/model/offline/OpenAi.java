package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What OpenAI's two wires have in common. */
final class OpenAi {
    static final Map<String, String> HEADERS = Map.of("x-request-id", "req_offline");

    private static final Pattern TOOL_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private OpenAi() {}

    static void key(HttpRequest request) throws RefusedException {
        String key = request.bearer();
        if (key.isEmpty()) {
            throw new RefusedException(
                    new Refusal(401, "", "", "no API key was given; it belongs in the header Authorization: Bearer"));
        }
        if (key.equals(OfflineServer.WRONG_KEY)) {
            throw new RefusedException(badKey());
        }
    }

    static String model(Json body) throws RefusedException {
        String model = body.text("model");
        if (model.isEmpty()) {
            throw missing("model");
        }
        if (model.startsWith(OfflineServer.UNKNOWN_MODEL)) {
            throw new RefusedException(
                    new Refusal(404, "model_not_found", "model", "the model `" + model + "` does not exist"));
        }
        return model;
    }

    static void known(Json body, Set<String> known) throws RefusedException {
        Optional<String> unknown = Fields.unknown(body, known);
        if (unknown.isPresent()) {
            throw RefusedException.badRequest(
                    "unknown_parameter", unknown.get(), "the parameter '" + unknown.get() + "' is not known");
        }
    }

    /** @param place of the object that holds name and schema */
    static void function(String place, Json function) throws RefusedException {
        if (function.text("name").isEmpty()) {
            throw missing(place + ".name");
        }
        if (!TOOL_NAME.matcher(function.text("name")).matches()) {
            throw invalid(place + ".name", "must have 1 to 64 letters, digits, _ or -");
        }
        if (!Fields.has(function, "parameters")) {
            throw missing(place + ".parameters");
        }
        if (!function.get("parameters").text("type").equals("object")) {
            throw invalid(place + ".parameters", "must be a schema of the type \"object\"");
        }
    }

    static RefusedException missing(String parameter) {
        return RefusedException.badRequest(
                "missing_required_parameter", parameter, "the parameter '" + parameter + "' is required");
    }

    static RefusedException invalid(String parameter, String why) {
        return RefusedException.badRequest(
                "invalid_value", parameter, "the parameter '" + parameter + "' is wrong: " + why);
    }

    static Refusal refusal(Fault.Refusing fault) {
        return switch (fault) {
            case Fault.Refusing.Status(var status, var retryAfter) ->
                new Refusal(
                        status,
                        status == 429 ? "rate_limit_exceeded" : status == 402 ? "insufficient_quota" : "",
                        "",
                        "the offline server was told to answer " + status,
                        retryAfter);
            case Fault.Refusing.TooLong _ ->
                new Refusal(
                        400, "context_length_exceeded", "input", "the input exceeds the context window of this model");
            case Fault.Refusing.NoQuota _ -> new Refusal(429, "insufficient_quota", "", "the quota is used up");
            case Fault.Refusing.BadKey _ -> badKey();
        };
    }

    static Json error(Refusal refusal) {
        String type = refusal.code().equals("insufficient_quota")
                ? "insufficient_quota"
                : switch (refusal.status()) {
                    case 429 -> "requests";
                    case 403 -> "permission_error";
                    default -> refusal.status() < 500 ? "invalid_request_error" : "server_error";
                };
        return Json.object()
                .put(
                        "error",
                        Json.object()
                                .put("message", refusal.message())
                                .put("type", type)
                                .put("param", orNull(refusal.parameter()))
                                .put("code", orNull(refusal.code()))
                                .build())
                .build();
    }

    private static Refusal badKey() {
        return new Refusal(401, "invalid_api_key", "", "the API key is incorrect");
    }

    private static Json orNull(String word) {
        return word.isEmpty() ? Json.NULL : Json.of(word);
    }
}
