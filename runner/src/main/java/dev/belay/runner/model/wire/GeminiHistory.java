package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A conversation as contents of user and model, who take turns. */
final class GeminiHistory {
    /** Google's own word for a call that no model of this kind made, and which so has no signature. */
    private static final String FOREIGN = "skip_thought_signature_validator";

    private final LegalNames names = new LegalNames();
    private final List<Json> contents = new ArrayList<>();
    private final String model;
    private List<Called> called = List.of();

    /**
     * How a call of the last answer is called in it.
     *
     * @param id empty where the model gave none, and so must be given none back
     */
    private record Called(String id, String name) {
        Called(Json call) {
            this(call.text("id"), call.text("name"));
        }

        Json.ObjectBuilder begin() {
            return (id.isEmpty() ? Json.object() : Json.object().put("id", id)).put("name", name);
        }
    }

    private GeminiHistory(String model) {
        this.model = model;
    }

    static Json of(Conversation conversation, String model) {
        GeminiHistory history = new GeminiHistory(model);
        for (Turn turn : Turn.of(conversation)) {
            switch (turn) {
                case Turn.Told told -> history.tell(told);
                case Turn.Answered(Reply reply) -> history.answer(reply);
            }
        }
        return new Json.Arr(history.contents);
    }

    private void tell(Turn.Told told) {
        List<Json> parts = new ArrayList<>();
        for (int i = 0; i < told.results().size(); i++) {
            Turn.Result result = told.results().get(i);
            Json response = Json.object()
                    .put(result.isError() ? "error" : "output", result.output())
                    .build();
            parts.add(part(
                    "functionResponse",
                    called.get(i).begin().put("response", response).build()));
        }
        told.texts().forEach(text -> parts.add(part("text", Json.of(text))));
        add("user", parts);
    }

    private void answer(Reply reply) {
        Optional<List<Json>> own = own(reply);
        if (own.isPresent()) {
            called = calls(own.get()).stream().map(Called::new).toList();
            called.forEach(call -> names.keep(call.id()));
            add("model", own.get());
            return;
        }
        List<Json> parts = new ArrayList<>();
        if (!reply.text().isBlank()) {
            parts.add(part("text", Json.of(reply.text())));
        }
        called = new ArrayList<>();
        boolean unsigned = GeminiGeneration.of(model).signsCalls();
        for (ToolCall call : reply.calls()) {
            Called name = new Called(names.id(call.id()), LegalNames.tool(call.tool()));
            Json.ObjectBuilder part = Json.object()
                    .put("functionCall", name.begin().put("args", call.input()).build());
            // Of calls that are made at once, only the first is signed.
            parts.add((unsigned ? part.put("thoughtSignature", FOREIGN) : part).build());
            unsigned = false;
            called.add(name);
        }
        add("model", parts);
    }

    private Optional<List<Json>> own(Reply reply) {
        return reply.own()
                .filter(own -> own.wire().equals(GeminiWire.NAME) && own.model().equals(model))
                .map(own -> own.content().items())
                .filter(parts -> !parts.isEmpty())
                // A content with other calls would be refused, and with it every question from here on.
                .filter(parts -> calls(parts).stream()
                        .map(call -> call.text("name"))
                        .toList()
                        .equals(reply.calls().stream().map(ToolCall::tool).toList()));
    }

    private static List<Json> calls(List<Json> parts) {
        return parts.stream()
                .map(part -> part.get("functionCall"))
                .filter(call -> !call.isNull())
                .toList();
    }

    private void add(String role, List<Json> parts) {
        contents.add(Json.object()
                .put("role", role)
                .put("parts", new Json.Arr(parts))
                .build());
    }

    private static Json part(String kind, Json content) {
        return Json.object().put(kind, content).build();
    }
}
