package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What Anthropic refuses of a conversation. Messages of one role may follow each other: the service takes them for one.
 * The results of calls may not: all of them stand first in the very next message.
 */
final class MessagesTurns {
    private final List<Json> messages;
    private final boolean isList;
    private final boolean hasTools;
    private final boolean mustThink;
    private final Set<String> allCalls = new HashSet<>();

    /** @param mustThink whether the answers that calls belong to have to begin with thinking */
    MessagesTurns(Json messages, boolean hasTools, boolean mustThink) {
        this.messages = messages.items();
        this.isList = Fields.isList(messages);
        this.hasTools = hasTools;
        this.mustThink = mustThink;
    }

    /** @return how many answers there are */
    int judge() throws RefusedException {
        if (!isList) {
            throw badRequest("messages: a list is required");
        }
        if (messages.isEmpty()) {
            throw badRequest("messages: at least one message is required");
        }
        int answers = 0;
        String before = "";
        Set<String> open = Set.of();
        for (int i = 0; i < messages.size(); i++) {
            Json message = messages.get(i);
            String role = role(i, message);
            answers += role.equals("assistant") && !before.equals("assistant") ? 1 : 0;
            before = role;
            List<Json> blocks = blocks(i, message);
            for (int k = 0; k < blocks.size(); k++) {
                MessagesBlocks.judge("messages." + i + ".content." + k, role, blocks.get(k));
            }
            answered(i, open, blocks);
            open = calls(i, blocks);
        }
        if (before.equals("assistant")) {
            throw badRequest("messages: the conversation must end with a user message");
        }
        if (!allCalls.isEmpty() && !hasTools) {
            throw badRequest("tools: a conversation with tool_use blocks needs the tools");
        }
        if (mustThink) {
            thought();
        }
        return answers;
    }

    private static String role(int i, Json message) throws RefusedException {
        Optional<String> unknown = Fields.unknown(message, Set.of("role", "content"));
        if (unknown.isPresent()) {
            throw badRequest("messages." + i + "." + unknown.get() + ": this field is not known");
        }
        String role = message.text("role");
        if (!role.equals("user") && !role.equals("assistant")) {
            throw badRequest("messages." + i + ".role: must be user or assistant, and is \"" + role + "\"");
        }
        if (i == 0 && role.equals("assistant")) {
            throw badRequest("messages.0.role: the first message must be the user's");
        }
        return role;
    }

    private static List<Json> blocks(int i, Json message) throws RefusedException {
        List<Json> blocks = MessagesMarks.blocks(message.get("content")).items();
        if (blocks.isEmpty()) {
            throw badRequest("messages." + i + ".content: must not be empty");
        }
        return blocks;
    }

    /** The calls of the message before are answered in this one: all, once, and before anything else. */
    private static void answered(int i, Set<String> calls, List<Json> blocks) throws RefusedException {
        Set<String> results = new LinkedHashSet<>();
        boolean other = false;
        for (int k = 0; k < blocks.size(); k++) {
            String place = "messages." + i + ".content." + k + ": ";
            if (!blocks.get(k).text("type").equals("tool_result")) {
                other = true;
                continue;
            }
            String id = blocks.get(k).text("tool_use_id");
            if (!calls.contains(id)) {
                throw badRequest(place + "the tool_result for " + id + " has no tool_use in the message before");
            }
            if (!results.add(id)) {
                throw badRequest(place + "there are two tool_result blocks for " + id);
            }
            if (other) {
                throw badRequest(place + "tool_result blocks must come first");
            }
        }
        List<String> open = new ArrayList<>(calls);
        open.removeAll(results);
        if (!open.isEmpty()) {
            throw badRequest("messages." + (i - 1) + ": no tool_result in the next message for the tool_use "
                    + String.join(", ", open));
        }
    }

    private Set<String> calls(int i, List<Json> blocks) throws RefusedException {
        Set<String> calls = new LinkedHashSet<>();
        for (int k = 0; k < blocks.size(); k++) {
            if (blocks.get(k).text("type").equals("tool_use")) {
                String id = blocks.get(k).text("id");
                if (!allCalls.add(id)) {
                    throw badRequest("messages." + i + ".content." + k + ".id: there are two tool_use blocks " + id);
                }
                calls.add(id);
            }
        }
        return calls;
    }

    /** The answer that the last calls began with has to show what was thought before them. */
    private void thought() throws RefusedException {
        int first = -1;
        for (int i = messages.size() - 1; i > 0 && hasResult(messages.get(i)); i -= 2) {
            first = i - 1;
        }
        if (first >= 0) {
            String type = messages.get(first).get("content").items().getFirst().text("type");
            if (!type.equals("thinking") && !type.equals("redacted_thinking")) {
                throw badRequest(
                        "messages." + first + ".content.0: must be thinking, as thinking is enabled, and is " + type);
            }
        }
    }

    private static boolean hasResult(Json message) {
        return message.get("content").items().stream()
                .anyMatch(block -> block.text("type").equals("tool_result"));
    }
}
