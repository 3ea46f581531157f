package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What Gemini refuses of a conversation. Contents of the model that follow each other are one answer. */
final class GeminiTurns {
    private static final Set<String> DATA = Set.of(
            "text",
            "functionCall",
            "functionResponse",
            "inlineData",
            "fileData",
            "executableCode",
            "codeExecutionResult");

    private final List<Json> contents;
    private final boolean signed;

    /** @param signed whether the first call of every step has to come back with its signature */
    GeminiTurns(Json contents, boolean signed) {
        this.contents = contents.items();
        this.signed = signed;
    }

    /** @return how many answers there are */
    int judge() throws RefusedException {
        if (contents.isEmpty()) {
            throw badRequest("", "contents", "at least one content is required");
        }
        int current = currentTurn();
        int answers = 0;
        boolean before = false;
        List<Json> open = List.of();
        for (int i = 0; i < contents.size(); i++) {
            Json content = contents.get(i);
            boolean model = isModel(i, content);
            answers += model && !before ? 1 : 0;
            for (int k = 0; k < content.get("parts").items().size(); k++) {
                part(
                        "contents[" + i + "].parts[" + k + "]",
                        content.get("parts").items().get(k),
                        model);
            }
            answered("contents[" + i + "]", open, of(content, "functionResponse"));
            open = of(content, "functionCall");
            if (!open.isEmpty() && (i == 0 || before)) {
                throw badRequest(
                        "",
                        "contents[" + i + "]",
                        "a function call turn must come right after a turn of the"
                                + " user or a function response turn");
            }
            if (signed && i > current && !open.isEmpty()) {
                GeminiSignatures.required(
                        "contents[" + i + "]", content.get("parts").items());
            }
            before = model;
        }
        if (!open.isEmpty()) {
            throw mismatch("contents[" + contents.size() + "]", open.size(), 0);
        }
        return answers;
    }

    /** Where the user last said something: what the model did after it has to be shown as it was. */
    private int currentTurn() {
        for (int i = contents.size() - 1; i >= 0; i--) {
            Json content = contents.get(i);
            boolean says = content.get("parts").items().stream().anyMatch(part -> Fields.has(part, "text"));
            if (!content.text("role").equals("model") && says) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isModel(int i, Json content) throws RefusedException {
        String role = content.text("role");
        if (!Set.of("user", "model", "").contains(role)) {
            throw badRequest("", "contents[" + i + "].role", "a valid role is user or model, and not \"" + role + "\"");
        }
        if (content.get("parts").items().isEmpty()) {
            throw badRequest("", "contents[" + i + "].parts", "must not be empty");
        }
        return role.equals("model");
    }

    private static void part(String place, Json part, boolean model) throws RefusedException {
        long data = part instanceof Json.Obj(var members)
                ? members.keySet().stream().filter(DATA::contains).count()
                : 0;
        if (data != 1) {
            throw badRequest("", place, "the oneof field 'data' must have one initialized field, and has " + data);
        }
        String signature = part.text("thoughtSignature");
        if (Fields.has(part, "text") && part.text("text").isEmpty() && signature.isEmpty()) {
            throw badRequest("", place + ".text", "must not be empty");
        }
        GeminiSignatures.judge(place, part);
        Json call = part.get("functionCall");
        Json response = part.get("functionResponse");
        if (!call.isNull() && (!model || call.text("name").isEmpty())) {
            throw badRequest("", place + ".function_call", "only the model calls functions, and by name");
        }
        if (!response.isNull() && (model || response.text("name").isEmpty())) {
            throw badRequest("", place + ".function_response", "only the user answers functions, and by name");
        }
        if (Fields.has(call, "args") && !Fields.isObject(call.get("args"))) {
            throw badRequest("", place + ".function_call.args", "must be an object");
        }
        if (!response.isNull() && !Fields.isObject(response.get("response"))) {
            throw badRequest("", place + ".function_response.response", "must be an object");
        }
    }

    /** All calls of the turn before are answered in this one. */
    private static void answered(String place, List<Json> calls, List<Json> responses) throws RefusedException {
        if (calls.size() != responses.size()) {
            throw mismatch(place, calls.size(), responses.size());
        }
        List<String> open = new ArrayList<>();
        calls.forEach(call -> open.add(call.text("name") + " " + call.text("id")));
        for (Json response : responses) {
            if (!open.remove(response.text("name") + " " + response.text("id"))) {
                throw badRequest(
                        "",
                        place,
                        "no function call " + response.text("name") + " with the id \"" + response.text("id")
                                + "\" is in the turn before");
            }
        }
    }

    private static RefusedException mismatch(String place, int calls, int responses) {
        return badRequest(
                "",
                place,
                "the number of function response parts must be equal to the number of function"
                        + " call parts of the turn before: " + calls + ", and is " + responses);
    }

    private static List<Json> of(Json content, String data) {
        return content.get("parts").items().stream()
                .map(part -> part.get(data))
                .filter(value -> !value.isNull())
                .toList();
    }
}
