package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.Map;

/** Anthropic's Messages. */
final class MessagesRoute implements Route {
    private static final int CONTEXT = 200_000;
    private static final String REQUEST_ID = "req_offline";

    private final MessagesJudge judge = new MessagesJudge();

    @Override
    public String name() {
        return "messages";
    }

    @Override
    public boolean serves(String path) {
        return path.equals("/v1/messages");
    }

    @Override
    public Asked judge(HttpRequest request) throws RefusedException {
        return judge.judge(request);
    }

    @Override
    public Answer answer(Cue cue) {
        return new MessagesAnswer(cue);
    }

    @Override
    public EventStream.Form form() {
        return new EventStream.Form(true, "\n");
    }

    @Override
    public Refusal refusal(Fault.Refusing fault) {
        return switch (fault) {
            case Fault.Refusing.Status(var status, var retryAfter) ->
                new Refusal(status, "", "", "the offline server was told to answer " + status, retryAfter);
            case Fault.Refusing.TooLong _ ->
                new Refusal(400, "", "", "prompt is too long: " + (CONTEXT + 1) + " tokens > " + CONTEXT + " maximum");
            case Fault.Refusing.NoQuota _ -> new Refusal(402, "", "", "the credit balance is used up");
            case Fault.Refusing.BadKey _ -> new Refusal(401, "", "", "invalid x-api-key");
        };
    }

    @Override
    public Json error(Refusal refusal) {
        return error(type(refusal.status()), refusal.message());
    }

    static Json error(String type, String message) {
        return Json.object()
                .put("type", "error")
                .put(
                        "error",
                        Json.object().put("type", type).put("message", message).build())
                .put("request_id", REQUEST_ID)
                .build();
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("request-id", REQUEST_ID);
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 409 -> "conflict_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case 529 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
