package dev.belay.runner.model.wire;

import dev.belay.runner.agent.Reply;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One streamed response. Its finished items are the answer; of the pieces before them only text is heard, and it counts
 * where an item was never finished because the answer was cut.
 */
final class ResponsesAnswer implements Wire.Incoming {
    private final String model;
    private final Consumer<String> heard;
    private final AnswerSize pieces = new AnswerSize();
    private final AnswerSize items = new AnswerSize();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final ResponsesItems finished = new ResponsesItems();
    private Reply.Usage usage = Reply.Usage.NONE;
    private int callsBegun;
    private int begin;
    private boolean speaking;
    private boolean cut;
    private boolean over;

    ResponsesAnswer(String model, Consumer<String> heard) {
        this.model = model;
        this.heard = heard;
    }

    @Override
    public void event(String type, String data) throws WireException {
        if (data.isBlank() || data.strip().equals("[DONE]")) {
            return;
        }
        OpenAiEvent event = OpenAiEvent.of(data);
        String kind = event.has("type") ? event.text("type") : type;
        if (over && (kind.startsWith("response.") || kind.equals("error"))) {
            throw OpenAiEvent.broken("it goes on after its end");
        }
        switch (kind) {
            case "response.output_text.delta" -> say(event.text("delta"));
            case "response.refusal.delta" -> refuse(event.text("delta"));
            case "response.refusal.done" -> throw declined(event.text("refusal"));
            case "response.output_item.added" -> {
                callsBegun += event.object("item").text("type").equals("function_call") ? 1 : 0;
            }
            case "response.output_item.done" -> {
                items.take(data.length());
                if (event.count("output_index") >= ResponsesItems.MOST) {
                    throw OpenAiEvent.broken("it has too many items");
                }
                take(event.object("item"));
            }
            case "response.completed", "response.incomplete", "response.failed" -> end(kind, event.object("response"));
            case "error" ->
                throw OpenAiError.streamed(event.has("error") ? event.body().get("error") : event.body());
            default -> {}
        }
    }

    @Override
    public boolean whole() {
        return over;
    }

    @Override
    public Reply reply() throws WireException {
        if (!over) {
            throw OpenAiEvent.broken("it ended early");
        }
        Optional<Reply.Own> own = cut || speaking ? Optional.empty() : finished.own(model);
        return new Reply(text.toString(), finished.calls(cut), usage, own, cut);
    }

    private void say(String piece) throws WireException {
        if (piece.isEmpty()) {
            return;
        }
        if (!speaking) {
            speaking = true;
            if (!text.isEmpty()) {
                append("\n\n");
            }
            begin = text.length();
        }
        append(piece);
    }

    private void append(String piece) throws WireException {
        pieces.take(piece.length());
        text.append(piece);
        heard.accept(piece);
    }

    private void refuse(String piece) throws WireException {
        pieces.take(piece.length());
        refusal.append(piece);
    }

    private void take(OpenAiEvent item) throws WireException {
        if (item.text("type").equals("message")) {
            message(item);
        }
        finished.add(item);
    }

    /** The finished text stands, whatever was heard of it; where no piece was heard it is heard now. */
    private void message(OpenAiEvent item) throws WireException {
        StringBuilder whole = new StringBuilder();
        for (OpenAiEvent part : item.objects("content")) {
            switch (part.text("type")) {
                case "output_text" -> whole.append(part.text("text"));
                case "refusal" -> throw declined(part.text("refusal"));
                default -> {}
            }
        }
        if (!speaking) {
            say(whole.toString());
        } else if (!whole.isEmpty()) {
            text.setLength(begin);
            text.append(whole);
        }
        speaking = false;
    }

    private void end(String kind, OpenAiEvent response) throws WireException {
        if (kind.equals("response.failed") || response.text("status").equals("failed")) {
            throw OpenAiError.streamed(response.body().get("error"));
        }
        if (!refusal.isEmpty()) {
            throw declined("");
        }
        if (kind.equals("response.incomplete") || response.text("status").equals("incomplete")) {
            cut = isCut(response.object("incomplete_details").text("reason"));
        }
        if (finished.isEmpty()) {
            for (OpenAiEvent item : response.objects("output")) {
                take(item);
            }
        }
        if (!cut && finished.calls(false).size() < callsBegun) {
            throw OpenAiEvent.broken("a call that it began has no end");
        }
        usage = response.object("usage").usage("input", "output");
        over = true;
    }

    private boolean isCut(String reason) throws WireException {
        return switch (reason) {
            case "max_output_tokens" -> true;
            case "content_filter" -> throw declined("");
            default -> throw OpenAiEvent.broken("it is incomplete, and not at its limit");
        };
    }

    private WireException declined(String said) {
        String words = OpenAiWords.line(said.isBlank() ? refusal.toString() : said);
        return new WireException(
                Trouble.DECLINED, words.isEmpty() ? "the provider's filter held the answer back" : words);
    }
}
