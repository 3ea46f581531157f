package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One turn in Anthropic's words: blocks, each begun, told in deltas and ended. */
final class MessagesAnswer implements Answer {
    private final Cue cue;
    private final Spoken spoken;
    private final String thought;

    MessagesAnswer(Cue cue) {
        this.cue = cue;
        this.spoken = cue.spoken();
        boolean shown = !cue.asked().body().get("thinking").text("display").equals("omitted");
        this.thought = shown ? spoken.thought() : "";
    }

    @Override
    public Json whole() {
        List<Json> blocks = new ArrayList<>();
        if (thinks()) {
            blocks.add(Json.object()
                    .put("type", "thinking")
                    .put("thinking", thought)
                    .put("signature", Seal.of(MessagesBlocks.THINKING, thought))
                    .build());
        }
        if (!spoken.text().isEmpty()) {
            blocks.add(text(spoken.text()));
        }
        for (int i = 0; i < spoken.calls().size(); i++) {
            blocks.add(call(i, spoken.calls().get(i).input()));
        }
        return message(new Json.Arr(blocks), Json.of(stopReason()), outTokens());
    }

    @Override
    public void stream(EventSink out, Pause pause) throws IOException, InterruptedException {
        event(out, "message_start", Json.object().put("message", message(new Json.Arr(List.of()), Json.NULL, 1)));
        int index = 0;
        if (thinks()) {
            think(out, index++);
        }
        if (!spoken.text().isEmpty()) {
            speak(out, pause, index++);
        }
        for (int i = 0; i < spoken.calls().size(); i++) {
            begin(out, index, call(i, Json.object().build()));
            delta(out, index, "input_json_delta", "partial_json", "");
            for (String piece : Pieces.anywhere(spoken.calls().get(i).arguments())) {
                delta(out, index, "input_json_delta", "partial_json", piece);
            }
            end(out, index++);
        }
        Json stop = Json.object()
                .put("stop_reason", stopReason())
                .put("stop_sequence", Json.NULL)
                .build();
        event(out, "message_delta", Json.object().put("delta", stop).put("usage", usage(outTokens())));
        event(out, "message_stop", Json.object());
    }

    @Override
    public void fail(EventSink out) throws IOException {
        out.event("error", MessagesRoute.error("overloaded_error", "Overloaded").print());
    }

    private boolean thinks() {
        return !spoken.calls().isEmpty() && MessagesJudge.isThinking(cue.asked().body());
    }

    private void think(EventSink out, int index) throws IOException {
        Json begun = Json.object()
                .put("type", "thinking")
                .put("thinking", "")
                .put("signature", "")
                .build();
        begin(out, index, begun);
        for (String word : Pieces.words(thought)) {
            delta(out, index, "thinking_delta", "thinking", word);
        }
        delta(out, index, "signature_delta", "signature", Seal.of(MessagesBlocks.THINKING, thought));
        end(out, index);
    }

    private void speak(EventSink out, Pause pause, int index) throws IOException, InterruptedException {
        begin(out, index, text(""));
        event(out, "ping", Json.object());
        for (String word : Pieces.words(spoken.text())) {
            if (spoken.pace().isPositive()) {
                pause.take(spoken.pace());
            }
            delta(out, index, "text_delta", "text", word);
        }
        end(out, index);
    }

    private static void begin(EventSink out, int index, Json block) throws IOException {
        event(out, "content_block_start", Json.object().put("index", index).put("content_block", block));
    }

    private static void delta(EventSink out, int index, String type, String field, String text) throws IOException {
        String name = "content_block_delta";
        Json delta = Json.object().put("type", type).put(field, text).build();
        Json data = Json.object()
                .put("type", name)
                .put("index", index)
                .put("delta", delta)
                .build();
        out.piece(name, data.print());
    }

    private static void end(EventSink out, int index) throws IOException {
        event(out, "content_block_stop", Json.object().put("index", index));
    }

    private static void event(EventSink out, String type, Json.ObjectBuilder data) throws IOException {
        out.event(type, data.put("type", type).build().print());
    }

    private static Json text(String text) {
        return Json.object().put("type", "text").put("text", text).build();
    }

    private Json call(int i, Json input) {
        return Json.object()
                .put("type", "tool_use")
                .put("id", cue.id("toolu_01", i))
                .put("name", spoken.calls().get(i).tool())
                .put("input", input)
                .build();
    }

    private Json message(Json content, Json stopReason, long out) {
        return Json.object()
                .put("id", cue.id("msg_01"))
                .put("type", "message")
                .put("role", "assistant")
                .put("model", cue.asked().model())
                .put("content", content)
                .put("stop_reason", stopReason)
                .put("stop_sequence", Json.NULL)
                .put("usage", usage(out))
                .build();
    }

    private Json usage(long out) {
        Tokens.Usage usage = cue.usage();
        return Json.object()
                .put("input_tokens", usage.in() - usage.read() - usage.written())
                .put("cache_creation_input_tokens", usage.written())
                .put("cache_read_input_tokens", usage.read())
                .put("output_tokens", out)
                .build();
    }

    private long outTokens() {
        return spoken.tokens() + (thinks() ? Tokens.of(thought.length()) : 0);
    }

    private String stopReason() {
        return switch (spoken.ending()) {
            case WHOLE -> spoken.calls().isEmpty() ? "end_turn" : "tool_use";
            case AT_LENGTH_LIMIT -> "max_tokens";
            case DECLINED, FILTERED -> "refusal";
        };
    }
}
