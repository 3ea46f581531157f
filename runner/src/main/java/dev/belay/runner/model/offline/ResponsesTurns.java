package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What OpenAI refuses of the items of a conversation. What a model made in one answer stands together: where items of a
 * model follow something else, another answer begins.
 */
final class ResponsesTurns {
    static final String REASONING = "reasoning";

    private static final Set<String> ITEMS = Set.of(
            "message",
            "reasoning",
            "function_call",
            "function_call_output",
            "custom_tool_call",
            "custom_tool_call_output",
            "compaction");
    private static final Set<String> ROLES = Set.of("user", "assistant", "system", "developer");
    private static final Set<String> SAID = Set.of("output_text", "refusal");
    private static final Set<String> TOLD = Set.of("input_text", "input_image", "input_file");

    private final List<Json> items;

    ResponsesTurns(Json input) {
        this.items = input.items();
    }

    /** @return how many answers there are */
    int judge() throws RefusedException {
        int answers = 0;
        boolean before = false;
        for (int i = 0; i < items.size(); i++) {
            String place = "input[" + i + "]";
            String type = type(place, items.get(i));
            switch (type) {
                case "message" -> message(place, items.get(i));
                case "reasoning" -> reasoning(i, items.get(i));
                case "function_call" -> call(place, items.get(i));
                default -> {}
            }
            boolean made = isOfModel(items.get(i));
            answers += made && !before ? 1 : 0;
            before = made;
        }
        pairs("function_call", "function_call_output");
        pairs("custom_tool_call", "custom_tool_call_output");
        return answers;
    }

    private static String type(String place, Json item) throws RefusedException {
        String type = Fields.has(item, "role") && !Fields.has(item, "type") ? "message" : item.text("type");
        if (!ITEMS.contains(type)) {
            throw OpenAi.invalid(place, "there is no item of the type \"" + type + "\"");
        }
        return type;
    }

    private static void message(String place, Json item) throws RefusedException {
        String role = item.text("role");
        if (!ROLES.contains(role)) {
            throw OpenAi.invalid(place + ".role", "there is no role \"" + role + "\"");
        }
        id(place, item, "msg");
        Json content = item.get("content");
        if (!Fields.isText(content)
                && (!Fields.isList(content) || content.items().isEmpty())) {
            throw OpenAi.missing(place + ".content");
        }
        int index = 0;
        for (Json part : content.items()) {
            String where = place + ".content[" + index++ + "]";
            String type = part.text("type");
            Set<String> allowed = role.equals("assistant") ? SAID : TOLD;
            if (!allowed.contains(type)) {
                throw OpenAi.invalid(where, "the " + role + " says no \"" + type + "\"");
            }
            if (type.endsWith("_text") && part.text("text").isEmpty()) {
                throw OpenAi.invalid(where + ".text", "must not be empty");
            }
        }
    }

    private void reasoning(int i, Json item) throws RefusedException {
        String place = "input[" + i + "]";
        id(place, item, "rs");
        if (!Fields.isList(item.get("summary"))) {
            throw OpenAi.missing(place + ".summary");
        }
        String content = item.text("encrypted_content");
        if (content.isEmpty()) {
            throw new RefusedException(new Refusal(
                    404,
                    "",
                    "input",
                    "the item '" + item.text("id") + "' is not stored, and has no encrypted content"));
        }
        String id = item.text("id");
        if (Seal.unwrap(REASONING, content)
                .filter(given -> id.isEmpty() || given.equals(id))
                .isEmpty()) {
            throw badRequest(
                    "invalid_encrypted_content", "", "the encrypted content of " + place + " could not be verified");
        }
        if (i + 1 == items.size() || !isOfModel(items.get(i + 1))) {
            throw badRequest("", "input", "the item '" + id + "' of type 'reasoning' lacks the item after it");
        }
    }

    private static void call(String place, Json item) throws RefusedException {
        id(place, item, "fc");
        for (String field : List.of("call_id", "name")) {
            if (item.text(field).isEmpty()) {
                throw OpenAi.missing(place + "." + field);
            }
        }
        if (!Fields.isText(item.get("arguments"))) {
            throw OpenAi.missing(place + ".arguments");
        }
    }

    private static void id(String place, Json item, String begin) throws RefusedException {
        if (Fields.has(item, "id") && !item.text("id").startsWith(begin)) {
            throw OpenAi.invalid(place + ".id", "an id that begins with '" + begin + "' was expected");
        }
    }

    /** Every call has one output after it, and every output its call before it. */
    private void pairs(String call, String output) throws RefusedException {
        Set<String> open = new LinkedHashSet<>();
        Set<String> all = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            String type = items.get(i).text("type");
            String id = items.get(i).text("call_id");
            if (type.equals(call)) {
                if (!all.add(id)) {
                    throw OpenAi.invalid("input[" + i + "].call_id", "there are two calls " + id);
                }
                open.add(id);
            } else if (type.equals(output)) {
                if (!open.remove(id)) {
                    throw badRequest("", "input", "the function call output for " + id + " has no open call before it");
                }
                Json said = items.get(i).get("output");
                if (!Fields.isText(said) && !Fields.isList(said)) {
                    throw OpenAi.missing("input[" + i + "].output");
                }
            }
        }
        if (!open.isEmpty()) {
            List<String> ids = new ArrayList<>(open);
            throw badRequest("", "input", "the function call " + ids.getFirst() + " has no output");
        }
    }

    private static boolean isOfModel(Json item) {
        return switch (item.text("type")) {
            case "reasoning", "function_call", "custom_tool_call" -> true;
            case "", "message" -> item.text("role").equals("assistant");
            default -> false;
        };
    }
}
