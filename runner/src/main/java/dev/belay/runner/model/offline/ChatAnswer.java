package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Spoken.Called;
import dev.belay.runner.model.offline.Spoken.Ending;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One turn as a completion: chunks of one choice, and a last word that is no JSON. */
final class ChatAnswer implements Answer {
    private static final String LAST = "[DONE]";

    private final Cue cue;
    private final Spoken spoken;
    private final String field;
    private final boolean tellsUsage;

    ChatAnswer(Cue cue) {
        this.cue = cue;
        this.spoken = cue.spoken();
        this.field = spoken.ending() == Ending.DECLINED ? "refusal" : "content";
        this.tellsUsage = cue.asked().body().get("stream_options").flag("include_usage");
    }

    @Override
    public Json whole() {
        Json.ObjectBuilder message =
                Json.object().put("role", "assistant").put("content", Json.NULL).put("refusal", Json.NULL);
        if (!spoken.text().isEmpty()) {
            message.put(field, spoken.text());
        }
        List<Json> calls = new ArrayList<>();
        for (int i = 0; i < spoken.calls().size(); i++) {
            Called call = spoken.calls().get(i);
            calls.add(head(i, call.arguments()).build());
        }
        if (!calls.isEmpty()) {
            message.put("tool_calls", new Json.Arr(calls));
        }
        Json choice = Json.object()
                .put("index", 0)
                .put("message", message.build())
                .put("finish_reason", finish())
                .build();
        return completion("chat.completion", List.of(choice))
                .put("usage", usage())
                .build();
    }

    @Override
    public void stream(EventSink out, Pause pause) throws IOException, InterruptedException {
        out.event("", chunk(Json.object().put("role", "assistant").put("content", ""), Json.NULL));
        out.comment();
        for (String word : Pieces.words(spoken.text())) {
            if (spoken.pace().isPositive()) {
                pause.take(spoken.pace());
            }
            out.piece("", chunk(Json.object().put(field, word), Json.NULL));
        }
        for (int i = 0; i < spoken.calls().size(); i++) {
            out.event("", called(head(i, "").put("index", i)));
            for (String piece : Pieces.anywhere(spoken.calls().get(i).arguments())) {
                Json function = Json.object().put("arguments", piece).build();
                out.piece("", called(Json.object().put("index", i).put("function", function)));
            }
        }
        out.event("", chunk(Json.object(), Json.of(finish())));
        if (tellsUsage) {
            Json last = completion("chat.completion.chunk", List.of())
                    .put("usage", usage())
                    .build();
            out.event("", last.print());
        }
        out.event("", LAST);
    }

    @Override
    public void fail(EventSink out) throws IOException {
        out.event(
                "",
                OpenAi.error(new Refusal(503, "", "", "the servers are overloaded"))
                        .print());
    }

    private String called(Json.ObjectBuilder call) {
        return chunk(Json.object().put("tool_calls", new Json.Arr(List.of(call.build()))), Json.NULL);
    }

    private Json.ObjectBuilder head(int i, String arguments) {
        Json function = Json.object()
                .put("name", spoken.calls().get(i).tool())
                .put("arguments", arguments)
                .build();
        return Json.object()
                .put("id", cue.id("call_", i))
                .put("type", "function")
                .put("function", function);
    }

    private String chunk(Json.ObjectBuilder delta, Json finish) {
        Json choice = Json.object()
                .put("index", 0)
                .put("delta", delta.build())
                .put("finish_reason", finish)
                .build();
        Json.ObjectBuilder chunk = completion("chat.completion.chunk", List.of(choice));
        return (tellsUsage ? chunk.put("usage", Json.NULL) : chunk).build().print();
    }

    private Json.ObjectBuilder completion(String object, List<Json> choices) {
        return Json.object()
                .put("id", cue.id("chatcmpl-"))
                .put("object", object)
                .put("created", cue.created())
                .put("model", cue.asked().model())
                .put("choices", new Json.Arr(choices));
    }

    private String finish() {
        return switch (spoken.ending()) {
            case WHOLE -> spoken.calls().isEmpty() ? "stop" : "tool_calls";
            case AT_LENGTH_LIMIT -> "length";
            case DECLINED -> "stop";
            case FILTERED -> "content_filter";
        };
    }

    private Json usage() {
        Json read = Json.object().put("cached_tokens", cue.usage().read()).build();
        Json made = Json.object().put("reasoning_tokens", 0).build();
        return Json.object()
                .put("prompt_tokens", cue.usage().in())
                .put("completion_tokens", spoken.tokens())
                .put("total_tokens", cue.usage().in() + spoken.tokens())
                .put("prompt_tokens_details", read)
                .put("completion_tokens_details", made)
                .build();
    }
}
