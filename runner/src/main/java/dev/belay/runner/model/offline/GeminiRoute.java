package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Map;

/** Google's Gemini. */
final class GeminiRoute implements Route {
    private static final int CONTEXT = 1_048_576;
    private static final String TYPES = "type.googleapis.com/google.rpc.";

    private final GeminiJudge judge = new GeminiJudge();

    @Override
    public String name() {
        return "gemini";
    }

    @Override
    public boolean serves(String path) {
        return GeminiJudge.PATH.matcher(path).matches();
    }

    @Override
    public Asked judge(HttpRequest request) throws RefusedException {
        return judge.judge(request);
    }

    @Override
    public Answer answer(Cue cue) {
        return new GeminiAnswer(cue);
    }

    @Override
    public EventStream.Form form() {
        return new EventStream.Form(false, "\r\n");
    }

    @Override
    public Refusal refusal(Fault.Refusing fault) {
        return switch (fault) {
            case Fault.Refusing.Status(var status, var retryAfter) ->
                new Refusal(status, "", "", "the offline server was told to answer " + status, retryAfter);
            case Fault.Refusing.TooLong _ ->
                new Refusal(
                        400,
                        "",
                        "",
                        "The input token count (" + (CONTEXT + 1) + ") exceeds the maximum number of tokens allowed ("
                                + CONTEXT + ").");
            case Fault.Refusing.NoQuota _ -> new Refusal(429, "", "", "the quota is used up; see plan and billing");
            // The service has no 401 for this; the reason in the details tells it apart.
            case Fault.Refusing.BadKey _ -> new Refusal(400, "API_KEY_INVALID", "", "API key not valid.");
        };
    }

    @Override
    public Json error(Refusal refusal) {
        Json.ObjectBuilder error = Json.object()
                .put("code", refusal.status())
                .put("message", refusal.message())
                .put("status", status(refusal.status()));
        if (!refusal.code().isEmpty()) {
            error.put("details", detail("ErrorInfo", "reason", Json.of(refusal.code())));
        } else if (!refusal.parameter().isEmpty()) {
            Json violation = Json.object()
                    .put("field", refusal.parameter())
                    .put("description", refusal.message())
                    .build();
            error.put("details", detail("BadRequest", "fieldViolations", new Json.Arr(List.of(violation))));
        } else if (refusal.retryAfter().isPresent()) {
            String delay = refusal.retryAfter().getAsInt() + "s";
            error.put("details", detail("RetryInfo", "retryDelay", Json.of(delay)));
        }
        return Json.object().put("error", error.build()).build();
    }

    private static Json detail(String type, String field, Json value) {
        return new Json.Arr(List.of(
                Json.object().put("@type", TYPES + type).put(field, value).build()));
    }

    @Override
    public Map<String, String> headers() {
        return Map.of();
    }

    private static String status(int status) {
        return switch (status) {
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 500 -> "INTERNAL";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> status < 500 ? "INVALID_ARGUMENT" : "UNAVAILABLE";
        };
    }
}
