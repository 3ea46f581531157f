package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The parts of an answer, as they came and as they go back. Plain text that came in pieces is one part; a signed piece
 * stays by itself, as the provider asks.
 */
final class GeminiParts {
    /** Deeper fields could not be read back from what keeps them inside of something else. */
    private static final int DEEPEST = Json.MAX_DEPTH - 16;

    /** What a part takes beside its characters. */
    private static final int PART = 64;

    private final Spoken spoken;
    private final Allowance allowance;
    private final List<Json> parts = new ArrayList<>();
    private final List<Json.Obj> calls = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final StringBuilder plain = new StringBuilder();

    GeminiParts(Spoken spoken, Allowance allowance) {
        this.spoken = spoken;
        this.allowance = allowance;
    }

    void take(Json part) throws WireException {
        if (!(part instanceof Json.Obj(var members))) {
            throw Broken.because("a part is no object");
        }
        Json text = part.get("text");
        if (!text.isNull() && !(text instanceof Json.Str)) {
            throw Broken.because("a text is no string");
        }
        if (members.size() == 1 && !text.isNull()) {
            allowance.take(text.text());
            plain.append(text.text());
            spoken.say(text.text());
            return;
        }
        allowance.take(part.print().length() + PART);
        if (!part.get("functionCall").isNull()) {
            call(part.get("functionCall"));
        } else if (!text.isNull() && !part.flag("thought")) {
            spoken.say(text.text());
        } else {
            spoken.pause();
        }
        settle();
        parts.add(part);
    }

    private void call(Json call) throws WireException {
        if (!(call instanceof Json.Obj made) || call.text("name").isEmpty()) {
            throw Broken.because("a call has no name");
        }
        Json fields = call.get("args");
        if (!fields.isNull() && !(fields instanceof Json.Obj && Depth.within(fields, DEEPEST))) {
            throw Broken.because("the fields of a call are no object that can be read");
        }
        String id = call.text("id");
        if (!id.isEmpty() && !ids.add(id)) {
            throw Broken.because("two calls have one id");
        }
        calls.add(made);
        spoken.pause();
    }

    private void settle() {
        if (!plain.isEmpty()) {
            parts.add(Json.object().put("text", plain.toString()).build());
            plain.setLength(0);
        }
    }

    /** @param base of the ids of calls that have none, which no other answer has */
    List<ToolCall> calls(String base) {
        List<ToolCall> made = new ArrayList<>();
        for (Json.Obj call : calls) {
            String id = call.text("id").isEmpty() ? "call-" + base + "-" + (made.size() + 1) : call.text("id");
            Json.Obj fields = call.get("args") instanceof Json.Obj given
                    ? given
                    : Json.object().build();
            made.add(new ToolCall(id, call.text("name"), fields));
        }
        return made;
    }

    Json content() {
        settle();
        return new Json.Arr(parts);
    }
}
