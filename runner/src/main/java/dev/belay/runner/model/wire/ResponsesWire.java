package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * OpenAI's Responses. Nothing is left with the provider: every question brings the whole conversation, and the model's
 * reasoning goes back encrypted, as it came.
 */
public final class ResponsesWire implements Wire {
    static final String NAME = "responses";

    /** The provider's limit on ids that it is given. */
    static final int LONGEST_ID = 64;

    /** These do not reason, and refuse a question that asks for their reasoning. */
    private static final Pattern WITHOUT_REASONING =
            Pattern.compile("(.*[/:])?(gpt-3|gpt-4|chatgpt-|gpt-[^/]*-chat).*");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outgoing request(Question question) {
        Json.ObjectBuilder body = Json.object().put("model", question.model());
        if (!question.briefing().system().isEmpty()) {
            body.put("instructions", question.briefing().system());
        }
        body.put("input", new Json.Arr(input(question)));
        if (!question.briefing().tools().isEmpty()) {
            body.put("tools", tools(question.briefing().tools()));
        }
        body.put("stream", true).put("store", false);
        if (!WITHOUT_REASONING
                .matcher(question.model().toLowerCase(Locale.ROOT))
                .matches()) {
            body.put("include", Json.array(List.of("reasoning.encrypted_content")));
        }
        body.put("parallel_tool_calls", true)
                .put("prompt_cache_key", cacheKey(question))
                .put("max_output_tokens", question.maxOutput());
        if (!question.effort().isEmpty()) {
            body.put("reasoning", Json.object().put("effort", question.effort()).build());
        }
        return new Outgoing("/responses", Map.of(), body.build());
    }

    @Override
    public Incoming incoming(String model, Consumer<String> heard) {
        return new ResponsesAnswer(model, heard);
    }

    @Override
    public Map<String, String> keyHeaders(String key) {
        return Map.of("Authorization", "Bearer " + key);
    }

    @Override
    public WireException refused(int status, String body) {
        return OpenAiError.refused(status, body);
    }

    /** The same for all questions of a task, so that they reach the machine that has its beginning. */
    private static String cacheKey(Question question) {
        List<Part> parts = question.conversation().parts();
        return OpenAiDigest.of(32, question.briefing().system(), parts.isEmpty() ? "" : text(parts.getFirst()));
    }

    private static String text(Part part) {
        return switch (part) {
            case Part.Prompt(String text) -> text;
            case Part.Message(String text) -> text;
            case Part.Note(String text) -> text;
            case Part.Answer(Reply reply) -> reply.text();
            case Part.Result(ToolCall _, ToolOutcome outcome) -> outcome.output();
        };
    }

    private static Json tools(List<ToolSpec> tools) {
        List<Json> written = new ArrayList<>();
        for (ToolSpec tool : tools) {
            written.add(Json.object()
                    .put("type", "function")
                    .put("name", tool.name())
                    .put("description", tool.description())
                    .put("parameters", tool.schema())
                    .put("strict", false)
                    .build());
        }
        return new Json.Arr(written);
    }

    private static List<Json> input(Question question) {
        List<Json> input = new ArrayList<>();
        for (OpenAiTurn turn : OpenAiTurn.of(question.conversation())) {
            switch (turn) {
                case OpenAiTurn.Said(String text) -> input.add(message("user", "input_text", text));
                case OpenAiTurn.Answered(Reply reply, List<String> outputs) ->
                    answer(question.model(), reply, outputs, input);
            }
        }
        return input;
    }

    private static void answer(String model, Reply reply, List<String> outputs, List<Json> input) {
        List<OpenAiCall> calls = OpenAiCall.of(reply.calls(), LONGEST_ID);
        Optional<Reply.Own> own = reply.own()
                .filter(kept -> kept.wire().equals(NAME) && kept.model().equals(model))
                .filter(kept -> !kept.content().items().isEmpty());
        if (own.isPresent()) {
            input.addAll(own.get().content().items());
        } else {
            if (!reply.text().isEmpty()) {
                input.add(message("assistant", "output_text", reply.text()));
            }
            calls.forEach(call -> input.add(Json.object()
                    .put("type", "function_call")
                    .put("call_id", call.id())
                    .put("name", call.name())
                    .put("arguments", call.arguments())
                    .build()));
        }
        for (int i = 0; i < calls.size(); i++) {
            input.add(Json.object()
                    .put("type", "function_call_output")
                    .put("call_id", calls.get(i).id())
                    .put("output", outputs.get(i))
                    .build());
        }
    }

    private static Json message(String role, String kind, String text) {
        Json content = Json.object().put("type", kind).put("text", text).build();
        return Json.object()
                .put("type", "message")
                .put("role", role)
                .put("content", new Json.Arr(List.of(content)))
                .build();
    }
}
