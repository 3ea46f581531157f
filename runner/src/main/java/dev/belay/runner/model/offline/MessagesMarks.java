package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The marks for Anthropic's cache, and what of a request it would hold. */
final class MessagesMarks {
    private static final int MOST = 4;
    private static final Set<String> TIMES = Set.of("", "5m", "1h");

    private MessagesMarks() {}

    static void judge(Json body) throws RefusedException {
        List<Json> marks = new ArrayList<>();
        collect(body.get("tools"), marks);
        collect(body.get("system"), marks);
        for (Json message : body.get("messages").items()) {
            collect(message.get("content"), marks);
            message.get("content").items().forEach(block -> collect(block.get("content"), marks));
        }
        Json whole = body.get("cache_control");
        if (!whole.isNull()) {
            marks.add(whole);
        }
        if (marks.size() > MOST) {
            throw badRequest("at most " + MOST + " blocks may have cache_control, and " + marks.size() + " have it");
        }
        for (Json mark : marks) {
            if (!mark.text("type").equals("ephemeral") || !TIMES.contains(mark.text("ttl"))) {
                throw badRequest("cache_control: must be of the type ephemeral, with a ttl of 5m or 1h if any");
            }
        }
    }

    private static void collect(Json blocks, List<Json> marks) {
        for (Json block : blocks.items()) {
            if (Fields.has(block, "cache_control")) {
                marks.add(block.get("cache_control"));
            }
        }
    }

    static Prompt prompt(Json body) {
        Prompt.Builder prompt = new Prompt.Builder();
        prompt.addAll(body.get("tools")).addAll(blocks(body.get("system")));
        for (Json message : body.get("messages").items()) {
            prompt.add(message.get("role")).addAll(blocks(message.get("content")));
        }
        return Fields.has(body, "cache_control") ? prompt.cachedByItself() : prompt.cachedByMarks();
    }

    /** A plain string is one block of text. */
    static Json blocks(Json content) {
        return content instanceof Json.Str
                ? new Json.Arr(List.of(
                        Json.object().put("type", "text").put("text", content).build()))
                : content;
    }
}
