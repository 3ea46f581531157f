package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One streamed chat completion. It is whole as soon as a reason to finish is given: what it took is told after that, or
 * never, and not every server closes with {@code [DONE]}.
 */
final class ChatAnswer implements Wire.Incoming {
    private static final String DONE = "[DONE]";

    private final Consumer<String> heard;
    private final AnswerSize size = new AnswerSize();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final ChatCalls calls = new ChatCalls();
    private Reply.Usage usage = Reply.Usage.NONE;
    private String id = "";
    private String finish = "";
    private boolean over;

    ChatAnswer(Consumer<String> heard) {
        this.heard = heard;
    }

    @Override
    public void event(String type, String data) throws WireException {
        if (data.isBlank() || data.strip().equals(DONE)) {
            over |= !data.isBlank();
            return;
        }
        if (over) {
            throw OpenAiEvent.broken("it goes on after its end");
        }
        OpenAiEvent event = OpenAiEvent.of(data);
        failAtError(type, event);
        if (id.isEmpty()) {
            id = event.body().text("id");
        }
        for (OpenAiEvent choice : event.objects("choices")) {
            if (choice.count("index") == 0) {
                take(choice);
            }
        }
        if (event.has("usage")) {
            usage = event.object("usage").usage("prompt", "completion");
        }
    }

    @Override
    public boolean whole() {
        return !finish.isEmpty();
    }

    @Override
    public Reply reply() throws WireException {
        if (finish.isEmpty()) {
            throw OpenAiEvent.broken("it ended early");
        }
        if (!refusal.isEmpty()) {
            throw new WireException(Trouble.DECLINED, OpenAiWords.line(refusal.toString()));
        }
        boolean cut = finish.equals("length") || finish.equals("model_length");
        List<ToolCall> made = calls.made(cut, id);
        if (made.isEmpty() && (finish.equals("tool_calls") || finish.equals("function_call"))) {
            throw OpenAiEvent.broken("it ends with calls and made none");
        }
        return new Reply(text.toString(), made, usage, Optional.empty(), cut);
    }

    private static void failAtError(String type, OpenAiEvent event) throws WireException {
        if (event.has("error")) {
            throw OpenAiError.streamed(event.body().get("error"));
        }
        if (type.equals("error") || event.body().text("object").equals("error")) {
            throw OpenAiError.streamed(event.body());
        }
    }

    private void take(OpenAiEvent choice) throws WireException {
        OpenAiEvent delta = choice.object("delta");
        String piece = said(delta);
        String refused = delta.text("refusal");
        List<OpenAiEvent> pieces = delta.objects("tool_calls");
        boolean isOldCall = delta.has("function_call");
        boolean isEmpty = piece.isEmpty() && refused.isEmpty() && pieces.isEmpty() && !isOldCall;
        if (whole() && !isEmpty) {
            throw OpenAiEvent.broken("it goes on after its end");
        }
        if (!piece.isEmpty()) {
            size.take(piece.length());
            text.append(piece);
            heard.accept(piece);
        }
        size.take(refused.length());
        refusal.append(refused);
        for (OpenAiEvent call : pieces) {
            int index = call.has("index") ? (int) Math.min(call.count("index"), ChatCalls.MOST) : ChatCalls.NO_INDEX;
            take(index, call.text("id"), call.object("function"));
        }
        if (isOldCall) {
            take(0, "", delta.object("function_call"));
        }
        finish(choice.text("finish_reason"));
    }

    private void take(int index, String callId, OpenAiEvent function) throws WireException {
        String name = function.text("name");
        String arguments = function.text("arguments");
        size.take(callId.length() + name.length() + arguments.length());
        calls.add(index, callId, name, arguments);
    }

    private void finish(String reason) throws WireException {
        if (whole()) {
            return;
        }
        if (reason.equals("content_filter")) {
            String words = OpenAiWords.line(refusal.toString());
            throw new WireException(
                    Trouble.DECLINED, words.isEmpty() ? "the provider's filter held the answer back" : words);
        }
        if (reason.equals("error")) {
            throw OpenAiEvent.broken("the provider broke it off");
        }
        finish = reason;
    }

    /** Text, or a list of parts of which only those that are text are the answer. */
    private static String said(OpenAiEvent delta) throws WireException {
        if (!(delta.body().get("content") instanceof Json.Arr)) {
            return delta.text("content");
        }
        StringBuilder said = new StringBuilder();
        for (OpenAiEvent part : delta.objects("content")) {
            said.append(part.text("type").equals("text") ? part.text("text") : "");
        }
        return said.toString();
    }
}
