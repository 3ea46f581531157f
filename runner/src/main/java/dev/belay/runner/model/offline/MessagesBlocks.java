package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What Anthropic refuses of one block of a message. */
final class MessagesBlocks {
    static final String THINKING = "thinking";

    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]+");
    private static final String BOTH = "";
    private static final Set<String> SOURCED =
            Set.of("type", "source", "title", "context", "citations", "cache_control", "content");

    /** @param role who alone may say it */
    private record Kind(String role, Set<String> fields) {}

    private static final Map<String, Kind> KINDS = Map.of(
            "text", new Kind(BOTH, Set.of("type", "text", "citations", "cache_control")),
            "image", new Kind("user", SOURCED),
            "document", new Kind("user", SOURCED),
            "search_result", new Kind("user", SOURCED),
            "tool_result", new Kind("user", Set.of("type", "tool_use_id", "content", "is_error", "cache_control")),
            "tool_use", new Kind("assistant", Set.of("type", "id", "name", "input", "caller", "cache_control")),
            "thinking", new Kind("assistant", Set.of("type", "thinking", "signature")),
            "redacted_thinking", new Kind("assistant", Set.of("type", "data")));

    private MessagesBlocks() {}

    static void judge(String place, String role, Json block) throws RefusedException {
        String type = block.text("type");
        Kind kind = KINDS.get(type);
        if (kind == null) {
            throw badRequest(place + ".type: there is no block \"" + type + "\"");
        }
        if (!kind.role().equals(BOTH) && !kind.role().equals(role)) {
            throw badRequest(place + ": a " + type + " block can only be in a message of the " + kind.role());
        }
        Optional<String> unknown = Fields.unknown(block, kind.fields());
        if (unknown.isPresent()) {
            throw badRequest(place + "." + type + "." + unknown.get() + ": this field is not known");
        }
        switch (type) {
            case "text" -> text(place, block);
            case "tool_use" -> call(place, block);
            case "tool_result" -> result(place, block);
            case "thinking" -> thinking(place, block);
            case "redacted_thinking" ->
                throw badRequest(place + ".redacted_thinking.data: this server did not give it");
            default -> {}
        }
    }

    private static void text(String place, Json block) throws RefusedException {
        if (block.text("text").isBlank()) {
            throw badRequest(place + ".text: a text block must not be empty");
        }
    }

    private static void call(String place, Json block) throws RefusedException {
        id(place + ".tool_use.id", block.text("id"));
        if (block.text("name").isEmpty()) {
            throw badRequest(place + ".tool_use.name: a string is required");
        }
        if (!Fields.isObject(block.get("input"))) {
            throw badRequest(place + ".tool_use.input: an object is required");
        }
    }

    private static void result(String place, Json block) throws RefusedException {
        id(place + ".tool_result.tool_use_id", block.text("tool_use_id"));
        Json content = block.get("content");
        if (!content.isNull() && !Fields.isText(content) && !Fields.isList(content)) {
            throw badRequest(place + ".tool_result.content: must be a string or a list of blocks");
        }
        int index = 0;
        for (Json inner : content.items()) {
            String where = place + ".tool_result.content." + index++;
            if (!Set.of("text", "image", "document", "search_result").contains(inner.text("type"))) {
                throw badRequest(where + ".type: no \"" + inner.text("type") + "\" can be in a tool_result");
            }
            judge(where, "user", inner);
        }
    }

    private static void thinking(String place, Json block) throws RefusedException {
        if (!Fields.isText(block.get("thinking")) || !Fields.isText(block.get("signature"))) {
            throw badRequest(place + ".thinking: both thinking and signature are required");
        }
        if (!Seal.isOf(THINKING, block.text("thinking"), block.text("signature"))) {
            throw badRequest(place + ": invalid signature in thinking block");
        }
    }

    private static void id(String place, String id) throws RefusedException {
        if (!ID.matcher(id).matches()) {
            throw badRequest(place + ": must match ^[a-zA-Z0-9_-]+$, and is \"" + id + "\"");
        }
    }
}
