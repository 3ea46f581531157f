package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolSpec;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Google's generateContent, streamed. */
public final class GeminiWire implements Wire {
    static final String NAME = "gemini";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outgoing request(Question question) {
        Json.ObjectBuilder body = Json.object();
        Json.ObjectBuilder generation = Json.object().put("maxOutputTokens", Math.max(1, question.maxOutput()));
        GeminiGeneration.of(question.model())
                .thinking(question.effort(), question.maxOutput())
                .ifPresent(thinking -> generation.put("thinkingConfig", thinking));
        body.put("generationConfig", generation.build());
        String system = question.briefing().system();
        if (!system.isBlank()) {
            Json text = Json.object().put("text", system).build();
            body.put(
                    "systemInstruction",
                    Json.object().put("parts", new Json.Arr(List.of(text))).build());
        }
        List<Json> functions = functions(question.briefing().tools());
        if (!functions.isEmpty()) {
            Json all = Json.object()
                    .put("functionDeclarations", new Json.Arr(functions))
                    .build();
            body.put("tools", new Json.Arr(List.of(all)));
        }
        // Last, so that a longer conversation begins with the bytes of the shorter one.
        body.put("contents", GeminiHistory.of(question.conversation(), question.model()));
        return new Outgoing(
                "/v1beta/models/" + inPath(question.model()) + ":streamGenerateContent?alt=sse",
                Map.of(),
                body.build());
    }

    private static List<Json> functions(List<ToolSpec> specs) {
        List<Json> functions = new ArrayList<>();
        for (ToolSpec spec : specs) {
            functions.add(Json.object()
                    .put("name", spec.name())
                    .put("description", spec.description())
                    // Its neighbour, parameters, takes only a part of what JSON Schema can say.
                    .put("parametersJsonSchema", spec.schema())
                    .build());
        }
        return functions;
    }

    private static String inPath(String model) {
        String bare = model.startsWith("models/") ? model.substring("models/".length()) : model;
        return URLEncoder.encode(bare, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public Incoming incoming(String model, Consumer<String> heard) {
        return new GeminiStream(model, heard);
    }

    @Override
    public Map<String, String> keyHeaders(String key) {
        return Map.of("x-goog-api-key", key);
    }

    @Override
    public WireException refused(int status, String body) {
        return GeminiTrouble.refused(status, body);
    }
}
