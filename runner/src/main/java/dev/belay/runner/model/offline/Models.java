package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is no wire: the list of models, and paths that nothing is at. */
final class Models {
    private static final String NAME = "offline";

    private Models() {}

    static void answer(HttpRequest request, HttpAnswer out) throws IOException {
        boolean isList = request.path().equals("/v1/models") || request.path().equals("/models");
        if (!isList) {
            error(out, new Refusal(404, "", "", "there is nothing at " + request.path()));
        } else if (!request.method().equals("GET")) {
            error(out, new Refusal(405, "", "", "this path is for GET"));
        } else {
            String key = request.header("x-api-key").isEmpty() ? request.bearer() : request.header("x-api-key");
            if (key.isEmpty() || key.equals(OfflineServer.WRONG_KEY)) {
                error(out, new Refusal(401, "invalid_api_key", "", "a key is required"));
            } else {
                out.whole(200, "application/json", Map.of(), list().print());
            }
        }
    }

    /** In a form that both who ask there can read. */
    private static Json list() {
        Json model = Json.object()
                .put("id", NAME)
                .put("object", "model")
                .put("type", "model")
                .put("display_name", NAME)
                .put("created", 0)
                .put("created_at", "1970-01-01T00:00:00Z")
                .put("owned_by", "belay")
                .build();
        return Json.object()
                .put("object", "list")
                .put("data", new Json.Arr(List.of(model)))
                .put("has_more", false)
                .put("first_id", NAME)
                .put("last_id", NAME)
                .build();
    }

    private static void error(HttpAnswer out, Refusal refusal) throws IOException {
        out.whole(
                refusal.status(),
                "application/json",
                Map.of(),
                OpenAi.error(refusal).print());
    }
}
