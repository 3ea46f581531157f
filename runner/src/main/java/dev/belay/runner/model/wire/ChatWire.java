package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * OpenAI's Chat Completions, which Ollama, vLLM, llama.cpp, LM Studio and many hosted services speak too.
 *
 * <p>An answer has no form of its own here that would have to go back: reasoning that some servers show is not sent again.
 */
public final class ChatWire implements Wire {
    /** Who is spoken to. */
    public enum Dialect {
        OPENAI,
        /** A server that knows the form and not its newer fields. */
        COMPATIBLE
    }

    /** OpenAI's limit. Other servers take what they gave. */
    private static final int LONGEST_ID = 40;

    private final Dialect dialect;

    public ChatWire(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public String name() {
        return "chat";
    }

    @Override
    public Outgoing request(Question question) {
        boolean openAi = dialect == Dialect.OPENAI;
        Json.ObjectBuilder body =
                Json.object().put("model", question.model()).put("messages", new Json.Arr(messages(question)));
        if (!question.briefing().tools().isEmpty()) {
            body.put("tools", tools(question.briefing().tools()));
        }
        body.put("stream", true)
                .put("stream_options", Json.object().put("include_usage", true).build())
                .put(openAi ? "max_completion_tokens" : "max_tokens", question.maxOutput());
        if (openAi && !question.effort().isEmpty()) {
            body.put("reasoning_effort", question.effort());
        }
        return new Outgoing("/chat/completions", Map.of(), body.build());
    }

    @Override
    public Incoming incoming(String model, Consumer<String> heard) {
        return new ChatAnswer(heard);
    }

    @Override
    public Map<String, String> keyHeaders(String key) {
        return Map.of("Authorization", "Bearer " + key);
    }

    @Override
    public WireException refused(int status, String body) {
        return OpenAiError.refused(status, body);
    }

    private static Json tools(List<ToolSpec> tools) {
        List<Json> written = new ArrayList<>();
        for (ToolSpec tool : tools) {
            written.add(Json.object()
                    .put("type", "function")
                    .put(
                            "function",
                            Json.object()
                                    .put("name", tool.name())
                                    .put("description", tool.description())
                                    .put("parameters", tool.schema())
                                    .put("strict", false)
                                    .build())
                    .build());
        }
        return new Json.Arr(written);
    }

    private List<Json> messages(Question question) {
        List<Json> messages = new ArrayList<>();
        if (!question.briefing().system().isEmpty()) {
            messages.add(message("system", question.briefing().system()));
        }
        for (OpenAiTurn turn : OpenAiTurn.of(question.conversation())) {
            switch (turn) {
                case OpenAiTurn.Said(String text) -> messages.add(message("user", text));
                case OpenAiTurn.Answered(Reply reply, List<String> outputs) -> answer(reply, outputs, messages);
            }
        }
        return messages;
    }

    private void answer(Reply reply, List<String> outputs, List<Json> messages) {
        int longestId = dialect == Dialect.OPENAI ? LONGEST_ID : Integer.MAX_VALUE;
        List<OpenAiCall> calls = OpenAiCall.of(reply.calls(), longestId);
        if (!calls.isEmpty()) {
            messages.add(callsOf(reply.text(), calls));
        } else if (!reply.text().isEmpty()) {
            messages.add(message("assistant", reply.text()));
        }
        for (int i = 0; i < calls.size(); i++) {
            messages.add(Json.object()
                    .put("role", "tool")
                    .put("tool_call_id", calls.get(i).id())
                    .put("content", outputs.get(i))
                    .build());
        }
    }

    /**
     * Where only calls were made, OpenAI asks for no content. Of the other servers some want null, some refuse null, some
     * refuse that it is missing; nearly all take the empty text.
     */
    private Json callsOf(String text, List<OpenAiCall> calls) {
        Json.ObjectBuilder message = Json.object().put("role", "assistant");
        if (!text.isEmpty() || dialect == Dialect.COMPATIBLE) {
            message.put("content", text);
        }
        List<Json> written = new ArrayList<>();
        for (OpenAiCall call : calls) {
            written.add(Json.object()
                    .put("id", call.id())
                    .put("type", "function")
                    .put(
                            "function",
                            Json.object()
                                    .put("name", call.name())
                                    .put("arguments", call.arguments())
                                    .build())
                    .build());
        }
        return message.put("tool_calls", new Json.Arr(written)).build();
    }

    private static Json message(String role, String text) {
        return Json.object().put("role", role).put("content", text).build();
    }
}
