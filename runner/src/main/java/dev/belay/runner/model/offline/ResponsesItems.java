package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Spoken.Ending;
import java.util.ArrayList;
import java.util.List;

/** The items that one response is made of. */
final class ResponsesItems {
    private final Cue cue;
    private final Spoken spoken;

    ResponsesItems(Cue cue) {
        this.cue = cue;
        this.spoken = cue.spoken();
    }

    List<Json> all(String status) {
        List<Json> all = new ArrayList<>();
        if (reasons()) {
            all.add(reasoning());
        }
        if (speaks()) {
            all.add(message(status));
        }
        for (int i = 0; i < spoken.calls().size(); i++) {
            all.add(call(i, status, spoken.calls().get(i).arguments()));
        }
        return all;
    }

    /** Whether the request wants to be shown what was thought, sealed. */
    boolean reasons() {
        return cue.asked().body().get("include").items().stream()
                .anyMatch(word -> word.text().equals(ResponsesJudge.ENCRYPTED));
    }

    boolean speaks() {
        return !spoken.text().isEmpty();
    }

    Json reasoning() {
        String id = reasoningId();
        return reasoning(Seal.wrap(ResponsesTurns.REASONING, id));
    }

    Json reasoning(String sealed) {
        return Json.object()
                .put("id", reasoningId())
                .put("type", "reasoning")
                .put("summary", new Json.Arr(List.of()))
                .put("encrypted_content", sealed)
                .build();
    }

    Json message(String status) {
        String kind = spoken.ending() == Ending.DECLINED ? "refusal" : "output_text";
        return message(status, List.of(part(kind, spoken.text())));
    }

    Json message(String status, List<Json> parts) {
        return Json.object()
                .put("id", messageId())
                .put("type", "message")
                .put("status", status)
                .put("role", "assistant")
                .put("content", new Json.Arr(parts))
                .build();
    }

    static Json part(String kind, String text) {
        return kind.equals("refusal")
                ? Json.object().put("type", kind).put("refusal", text).build()
                : Json.object()
                        .put("type", kind)
                        .put("text", text)
                        .put("annotations", new Json.Arr(List.of()))
                        .build();
    }

    Json call(int i, String status, String arguments) {
        return Json.object()
                .put("id", callId(i))
                .put("type", "function_call")
                .put("status", status)
                .put("call_id", cue.id("call_", i))
                .put("name", spoken.calls().get(i).tool())
                .put("arguments", arguments)
                .build();
    }

    String messageId() {
        return cue.id("msg_");
    }

    String callId(int i) {
        return cue.id("fc_", i);
    }

    private String reasoningId() {
        return cue.id("rs_");
    }
}
