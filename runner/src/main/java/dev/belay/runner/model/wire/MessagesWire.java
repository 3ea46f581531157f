package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Anthropic's Messages. The marks for its cache are the only thing that moves when a conversation grows. */
public final class MessagesWire implements Wire {
    static final String NAME = "messages";

    static final Json CACHED = Json.object().put("type", "ephemeral").build();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outgoing request(Question question) {
        MessagesHistory history = MessagesHistory.of(question.conversation(), question.model());
        Json.ObjectBuilder body = Json.object()
                .put("model", question.model())
                .put("max_tokens", Math.max(1, question.maxOutput()))
                .put("stream", true);
        MessagesThinking.put(body, question, history.maySign());
        List<Json> tools = tools(question.briefing().tools());
        if (!tools.isEmpty()) {
            body.put("tools", new Json.Arr(tools));
        }
        String system = question.briefing().system();
        if (!system.isBlank()) {
            body.put(
                    "system",
                    new Json.Arr(List.of(Json.object()
                            .put("type", "text")
                            .put("text", system)
                            .put("cache_control", CACHED)
                            .build())));
        }
        // Last, so that a longer conversation begins with the bytes of the shorter one.
        body.put("messages", history.marked());
        return new Outgoing("/v1/messages", Map.of("anthropic-version", "2023-06-01"), body.build());
    }

    private static List<Json> tools(List<ToolSpec> specs) {
        List<Json> tools = new ArrayList<>();
        for (ToolSpec spec : specs) {
            Json.ObjectBuilder tool = Json.object()
                    .put("name", spec.name())
                    .put("description", spec.description())
                    .put("input_schema", spec.schema());
            if (tools.size() == specs.size() - 1) {
                tool.put("cache_control", CACHED);
            }
            tools.add(tool.build());
        }
        return tools;
    }

    @Override
    public Incoming incoming(String model, Consumer<String> heard) {
        return new MessagesStream(model, heard);
    }

    @Override
    public Map<String, String> keyHeaders(String key) {
        return Map.of("x-api-key", key);
    }

    @Override
    public WireException refused(int status, String body) {
        return MessagesTrouble.refused(status, body);
    }
}
