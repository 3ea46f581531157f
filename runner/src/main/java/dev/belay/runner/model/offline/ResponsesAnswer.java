package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Spoken.Ending;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One turn as a response: items, each added, told in deltas and done, and the whole once more at the end. */
final class ResponsesAnswer implements Answer {
    private final Cue cue;
    private final Spoken spoken;
    private final ResponsesItems items;
    private int number;

    ResponsesAnswer(Cue cue) {
        this.cue = cue;
        this.spoken = cue.spoken();
        this.items = new ResponsesItems(cue);
    }

    @Override
    public Json whole() {
        String status = status();
        return response(status, items.all(status), usage());
    }

    @Override
    public void stream(EventSink out, Pause pause) throws IOException, InterruptedException {
        Json begun = response("in_progress", List.of(), Json.NULL);
        event(out, "response.created", Json.object().put("response", begun));
        event(out, "response.in_progress", Json.object().put("response", begun));
        out.comment();
        int index = 0;
        if (items.reasons()) {
            Json added = items.reasoning("");
            event(out, "response.output_item.added", item(index, added));
            event(out, "response.output_item.done", item(index++, items.reasoning()));
        }
        if (items.speaks()) {
            speak(out, pause, index++);
        }
        for (int i = 0; i < spoken.calls().size(); i++) {
            call(out, i, index++);
        }
        event(out, "response." + status(), Json.object().put("response", whole()));
    }

    @Override
    public void fail(EventSink out) throws IOException {
        Json error = Json.object()
                .put("code", "server_is_overloaded")
                .put("message", "the servers are overloaded")
                .build();
        Json failed = response("failed", List.of(), Json.NULL, error);
        event(out, "response.failed", Json.object().put("response", failed));
    }

    private void speak(EventSink out, Pause pause, int index) throws IOException, InterruptedException {
        String kind = spoken.ending() == Ending.DECLINED ? "refusal" : "output_text";
        Json.ObjectBuilder added = item(index, items.message("in_progress", List.of()));
        event(out, "response.output_item.added", added);
        event(out, "response.content_part.added", part(index).put("part", ResponsesItems.part(kind, "")));
        for (String word : Pieces.words(spoken.text())) {
            if (spoken.pace().isPositive()) {
                pause.take(spoken.pace());
            }
            piece(out, "response." + kind + ".delta", part(index).put("delta", word));
        }
        String field = kind.equals("refusal") ? "refusal" : "text";
        event(out, "response." + kind + ".done", part(index).put(field, spoken.text()));
        event(out, "response.content_part.done", part(index).put("part", ResponsesItems.part(kind, spoken.text())));
        event(out, "response.output_item.done", item(index, items.message(status())));
    }

    private void call(EventSink out, int i, int index) throws IOException {
        String arguments = spoken.calls().get(i).arguments();
        event(out, "response.output_item.added", item(index, items.call(i, "in_progress", "")));
        for (String piece : Pieces.anywhere(arguments)) {
            piece(
                    out,
                    "response.function_call_arguments.delta",
                    ofCall(i, index).put("delta", piece));
        }
        event(out, "response.function_call_arguments.done", ofCall(i, index).put("arguments", arguments));
        event(out, "response.output_item.done", item(index, items.call(i, status(), arguments)));
    }

    private static Json.ObjectBuilder item(int index, Json item) {
        return Json.object().put("output_index", index).put("item", item);
    }

    private Json.ObjectBuilder part(int index) {
        return Json.object()
                .put("item_id", items.messageId())
                .put("output_index", index)
                .put("content_index", 0);
    }

    private Json.ObjectBuilder ofCall(int i, int index) {
        return Json.object().put("item_id", items.callId(i)).put("output_index", index);
    }

    private String status() {
        return switch (spoken.ending()) {
            case WHOLE, DECLINED -> "completed";
            case AT_LENGTH_LIMIT, FILTERED -> "incomplete";
        };
    }

    private Json response(String status, List<Json> output, Json usage) {
        return response(status, output, usage, Json.NULL);
    }

    private Json response(String status, List<Json> output, Json usage, Json error) {
        String reason = spoken.ending() == Ending.FILTERED ? "content_filter" : "max_output_tokens";
        Json incomplete = Json.object().put("reason", reason).build();
        return Json.object()
                .put("id", cue.id("resp_"))
                .put("object", "response")
                .put("created_at", cue.created())
                .put("status", status)
                .put("error", error)
                .put("incomplete_details", status.equals("incomplete") ? incomplete : Json.NULL)
                .put("model", cue.asked().model())
                .put("output", new Json.Arr(new ArrayList<>(output)))
                .put("parallel_tool_calls", true)
                .put("tool_choice", "auto")
                .put("usage", usage)
                .build();
    }

    private Json usage() {
        long thought = items.reasons() ? Tokens.of(spoken.thought().length()) : 0;
        long out = spoken.tokens() + thought;
        Json read = Json.object().put("cached_tokens", cue.usage().read()).build();
        Json made = Json.object().put("reasoning_tokens", thought).build();
        return Json.object()
                .put("input_tokens", cue.usage().in())
                .put("input_tokens_details", read)
                .put("output_tokens", out)
                .put("output_tokens_details", made)
                .put("total_tokens", cue.usage().in() + out)
                .build();
    }

    private void event(EventSink out, String type, Json.ObjectBuilder data) throws IOException {
        out.event(type, numbered(type, data));
    }

    private void piece(EventSink out, String type, Json.ObjectBuilder data) throws IOException {
        out.piece(type, numbered(type, data));
    }

    /** Every event says which one it is. */
    private String numbered(String type, Json.ObjectBuilder data) {
        return data.put("type", type).put("sequence_number", number++).build().print();
    }
}
