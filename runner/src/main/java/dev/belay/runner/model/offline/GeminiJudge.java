package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Gemini refuses of a request, its conversation and its tools apart. The names of the request itself may be in
 * camel case or in snake case, those of the conversation in camel case only.
 */
final class GeminiJudge {
    static final Pattern PATH = Pattern.compile("/v1beta/models/([^/:]+):(generateContent|streamGenerateContent)");

    private static final Set<String> KNOWN = Set.of(
            "contents",
            "tools",
            "toolConfig",
            "tool_config",
            "safetySettings",
            "safety_settings",
            "systemInstruction",
            "system_instruction",
            "generationConfig",
            "generation_config",
            "cachedContent",
            "cached_content",
            "serviceTier",
            "service_tier",
            "store");

    Asked judge(HttpRequest request) throws RefusedException {
        key(request);
        Matcher path = PATH.matcher(request.path());
        String model = path.matches() ? path.group(1) : "";
        if (model.startsWith(OfflineServer.UNKNOWN_MODEL)) {
            throw new RefusedException(new Refusal(404, "", "", "models/" + model + " is not found"));
        }
        Json body = Fields.body(request);
        Optional<String> unknown = Fields.unknown(body, KNOWN);
        if (unknown.isPresent()) {
            throw unknown(unknown.get(), "");
        }
        GeminiTools.judge(body.get("tools"));
        Json system = either(body, "systemInstruction", "system_instruction");
        if (!system.isNull() && system.get("parts").items().isEmpty()) {
            throw badRequest("", "system_instruction.parts", "must not be empty");
        }
        // The older models knew no signatures, and still ask for none.
        boolean signed = !model.startsWith("gemini-1") && !model.startsWith("gemini-2");
        int answers = new GeminiTurns(body.get("contents"), signed).judge();
        boolean streamed =
                path.group(2).startsWith("stream") && request.query("alt").equals("sse");
        Prompt.Builder prompt = new Prompt.Builder();
        prompt.addAll(body.get("tools")).add(system).addAll(body.get("contents"));
        return new Asked(model, streamed, answers, body, prompt.cachedByItself());
    }

    /** Whether the thoughts are to be shown too. */
    static boolean showsThoughts(Json body) {
        Json config = either(body, "generationConfig", "generation_config");
        Json thinking = either(config, "thinkingConfig", "thinking_config");
        return thinking.flag("includeThoughts") || thinking.flag("include_thoughts");
    }

    static Json either(Json value, String camel, String snake) {
        return Fields.has(value, camel) ? value.get(camel) : value.get(snake);
    }

    /** @param place where the name is; empty for the request itself */
    static RefusedException unknown(String name, String place) {
        String where = place.isEmpty() ? "" : " at '" + place + "'";
        return badRequest("", place.isEmpty() ? name : place, "the name \"" + name + "\" is not known" + where);
    }

    private static void key(HttpRequest request) throws RefusedException {
        String header = request.header("x-goog-api-key");
        String key = header.isEmpty() ? request.query("key") : header;
        if (key.isEmpty()) {
            throw new RefusedException(new Refusal(401, "", "", "no API key was given"));
        }
        if (key.equals(OfflineServer.WRONG_KEY)) {
            throw new RefusedException(new Refusal(401, "API_KEY_INVALID", "", "API key not valid."));
        }
    }
}
