package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What OpenAI refuses of the messages of a chat. Every message of the assistant is an answer. */
final class ChatTurns {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");

    private final Json messages;

    ChatTurns(Json messages) {
        this.messages = messages;
    }

    /** @return how many answers there are */
    int judge() throws RefusedException {
        if (messages.isNull()) {
            throw OpenAi.missing("messages");
        }
        if (!Fields.isList(messages) || messages.items().isEmpty()) {
            throw badRequest("empty_array", "messages", "messages must be a list that is not empty");
        }
        int answers = 0;
        int index = 0;
        Set<String> open = new LinkedHashSet<>();
        for (Json message : messages.items()) {
            String place = "messages[" + index++ + "]";
            String role = message.text("role");
            if (!ROLES.contains(role)) {
                throw OpenAi.invalid(place + ".role", "there is no role \"" + role + "\"");
            }
            content(place, role, message);
            if (role.equals("tool")) {
                answered(place, message, open);
                continue;
            }
            closed(open);
            if (role.equals("assistant")) {
                answers++;
                open = calls(place, message);
            } else if (Fields.has(message, "tool_calls")) {
                throw OpenAi.invalid(place + ".tool_calls", "only the assistant calls tools");
            }
        }
        closed(open);
        return answers;
    }

    private static void content(String place, String role, Json message) throws RefusedException {
        Json content = message.get("content");
        boolean mayLack =
                role.equals("assistant") && (Fields.has(message, "tool_calls") || Fields.has(message, "refusal"));
        if (content.isNull() && mayLack) {
            return;
        }
        if (!Fields.isText(content)
                && (!Fields.isList(content) || content.items().isEmpty())) {
            throw OpenAi.invalid(place + ".content", "must be a string or a list of parts that is not empty");
        }
        int index = 0;
        for (Json part : content.items()) {
            String where = place + ".content[" + index++ + "]";
            if (part.text("type").isEmpty()) {
                throw OpenAi.missing(where + ".type");
            }
            if (part.text("type").equals("text") && part.text("text").isEmpty()) {
                throw OpenAi.invalid(where + ".text", "must not be empty");
            }
        }
    }

    private static void answered(String place, Json message, Set<String> open) throws RefusedException {
        String id = message.text("tool_call_id");
        if (id.isEmpty()) {
            throw OpenAi.missing(place + ".tool_call_id");
        }
        if (!open.remove(id)) {
            throw badRequest(
                    "",
                    place + ".role",
                    "the message of role 'tool' for " + id + " answers no open call of the message before it");
        }
    }

    private static void closed(Set<String> open) throws RefusedException {
        if (!open.isEmpty()) {
            throw badRequest("", "messages", "no tool message follows for the tool_calls " + String.join(", ", open));
        }
    }

    private static Set<String> calls(String place, Json message) throws RefusedException {
        Set<String> ids = new LinkedHashSet<>();
        if (!Fields.has(message, "tool_calls")) {
            return ids;
        }
        List<Json> calls = message.get("tool_calls").items();
        if (calls.isEmpty()) {
            throw OpenAi.invalid(place + ".tool_calls", "must not be empty");
        }
        int index = 0;
        for (Json call : calls) {
            String where = place + ".tool_calls[" + index++ + "]";
            if (call.text("id").isEmpty()) {
                throw OpenAi.missing(where + ".id");
            }
            if (!call.text("type").equals("function")) {
                throw OpenAi.invalid(where + ".type", "must be 'function'");
            }
            if (call.get("function").text("name").isEmpty()) {
                throw OpenAi.missing(where + ".function.name");
            }
            if (!Fields.isText(call.get("function").get("arguments"))) {
                throw OpenAi.missing(where + ".function.arguments");
            }
            if (!ids.add(call.text("id"))) {
                throw OpenAi.invalid(where + ".id", "there are two calls " + call.text("id"));
            }
        }
        return ids;
    }
}
