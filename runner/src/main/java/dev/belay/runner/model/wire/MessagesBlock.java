package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One block of an answer, as far as it has come. A block of an unknown kind stays as it began. */
final class MessagesBlock {
    private static final String TEXT = "text";
    private static final String CALL = "tool_use";
    private static final String THOUGHT = "thinking";
    private static final String HIDDEN_THOUGHT = "redacted_thinking";

    /** Which kind of block a piece belongs to. */
    private static final Map<String, String> PIECES = Map.of(
            "text_delta", TEXT,
            "input_json_delta", CALL,
            "thinking_delta", THOUGHT,
            "signature_delta", THOUGHT);

    private final Json.Obj start;
    private final String kind;
    private final Spoken spoken;
    private final Allowance allowance;
    private final StringBuilder text = new StringBuilder();
    private final StreamedInput input = new StreamedInput();
    private boolean hasInput;
    private Optional<String> signature = Optional.empty();
    private Optional<ToolCall> call = Optional.empty();
    private boolean closed;

    MessagesBlock(Json.Obj start, Spoken spoken, Allowance allowance) throws WireException {
        this.start = start;
        this.kind = string(start, "type");
        this.spoken = spoken;
        this.allowance = allowance;
        switch (kind) {
            case TEXT -> say(string(start, "text"));
            case THOUGHT -> text.append(string(start, "thinking"));
            case CALL -> {
                if (string(start, "id").isEmpty() || string(start, "name").isEmpty()) {
                    throw Broken.because("a call has no id or no name");
                }
            }
            default -> {}
        }
        if (!kind.equals(TEXT)) {
            spoken.pause();
        }
    }

    void take(Json piece) throws WireException {
        String form = string(piece, "type");
        String owner = PIECES.get(form);
        if (closed) {
            throw Broken.because("a block goes on after its end");
        }
        if (owner == null || !(isThought(start) || kind.equals(TEXT) || isCall())) {
            return;
        }
        if (!owner.equals(kind)) {
            throw Broken.because("a piece belongs to another kind of block");
        }
        switch (form) {
            case "text_delta" -> say(string(piece, "text"));
            case "thinking_delta" -> text.append(bounded(string(piece, "thinking")));
            case "signature_delta" -> signature = Optional.of(bounded(string(piece, "signature")));
            default -> {
                String fields = bounded(string(piece, "partial_json"));
                hasInput |= !fields.isBlank();
                input.add(fields);
            }
        }
    }

    void close() throws WireException {
        if (closed) {
            throw Broken.because("a block ends twice");
        }
        closed = true;
        if (isCall()) {
            String id = start.text("id");
            String tool = start.text("name");
            call = Optional.of(
                    !hasInput && start.get("input") instanceof Json.Obj whole
                            ? new ToolCall(id, tool, whole)
                            : input.call(id, tool));
        }
    }

    boolean isClosed() {
        return closed;
    }

    boolean isCall() {
        return kind.equals(CALL);
    }

    /** Once it is closed. */
    Optional<ToolCall> call() {
        return call;
    }

    /**
     * Whether it is a call whose fields may not all have come. Of one whose first field was cut nothing came, because
     * the provider holds a field back until it is whole.
     */
    boolean isCutCall() {
        return call.filter(made ->
                        !made.unreadable().isEmpty() || (made.input().members().isEmpty() && !hasInput))
                .isPresent();
    }

    /** As it goes back. Blank text does not: the provider sends it and refuses it. */
    Optional<Json> own() {
        return switch (kind) {
            case TEXT -> text.toString().isBlank() ? Optional.empty() : Optional.of(with(start, "text", text()));
            case THOUGHT -> {
                Json thought = with(start, "thinking", text());
                yield Optional.of(signature
                        .map(signed -> with(thought, "signature", Json.of(signed)))
                        .orElse(thought));
            }
            case CALL -> call.map(made -> with(start, "input", made.input()));
            default -> Optional.of(start);
        };
    }

    private void say(String piece) throws WireException {
        text.append(bounded(piece));
        spoken.say(piece);
    }

    private Json text() {
        return Json.of(text.toString());
    }

    private String bounded(String piece) throws WireException {
        allowance.take(piece);
        return piece;
    }

    private static String string(Json from, String name) throws WireException {
        if (from.get(name) instanceof Json.Str(String value)) {
            return value;
        }
        throw Broken.because("the string \"" + name + "\" is missing");
    }

    static boolean isThought(Json block) {
        String type = block.text("type");
        return type.equals(THOUGHT) || type.equals(HIDDEN_THOUGHT);
    }

    /** The same with one member more, or another value of it in its place. */
    static Json with(Json block, String name, Json value) {
        Map<String, Json> members = new LinkedHashMap<>(block instanceof Json.Obj(var all) ? all : Map.of());
        members.put(name, value);
        return new Json.Obj(members);
    }
}
