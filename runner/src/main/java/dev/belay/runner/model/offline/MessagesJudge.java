package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What Anthropic refuses of a request, its conversation apart. */
final class MessagesJudge {
    private static final Set<String> KNOWN = Set.of(
            "model",
            "messages",
            "max_tokens",
            "system",
            "metadata",
            "stop_sequences",
            "stream",
            "temperature",
            "top_k",
            "top_p",
            "tools",
            "tool_choice",
            "thinking",
            "service_tier",
            "container",
            "inference_geo",
            "output_config",
            "cache_control");

    /** Known too, but only to who asks for a beta. */
    private static final Set<String> BETA = Set.of(
            "mcp_servers",
            "context_management",
            "output_format",
            "speed",
            "diagnostics",
            "fallbacks",
            "user_profile_id");

    private static final Set<String> TOOL = Set.of(
            "type",
            "name",
            "description",
            "input_schema",
            "cache_control",
            "strict",
            "defer_loading",
            "allowed_callers",
            "input_examples",
            "eager_input_streaming");

    private static final Pattern TOOL_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,128}");
    private static final int LEAST_BUDGET = 1024;

    Asked judge(HttpRequest request) throws RefusedException {
        key(request);
        if (request.header("anthropic-version").isEmpty()) {
            throw badRequest("anthropic-version: header is required");
        }
        Json body = Fields.body(request);
        boolean beta = !request.header("anthropic-beta").isEmpty();
        Optional<String> unknown =
                Fields.unknown(body, KNOWN).filter(_ -> !beta).or(() -> Fields.unknown(body, union(KNOWN, BETA)));
        if (unknown.isPresent()) {
            throw badRequest(unknown.get() + ": this field is not known" + (beta ? "" : " without a beta header"));
        }
        String model = model(body);
        if (!Fields.isWhole(body.get("max_tokens"), 1)) {
            throw badRequest("max_tokens: a whole number from 1 is required");
        }
        boolean hasTools = tools(body.get("tools"));
        system(body.get("system"));
        thinking(body);
        int answers = new MessagesTurns(body.get("messages"), hasTools, isThinking(body, "enabled")).judge();
        MessagesMarks.judge(body);
        return new Asked(model, body.flag("stream"), answers, body, MessagesMarks.prompt(body));
    }

    /** Whether the model is to think, in any way. */
    static boolean isThinking(Json body) {
        return isThinking(body, "enabled") || isThinking(body, "adaptive");
    }

    private static boolean isThinking(Json body, String how) {
        return body.get("thinking").text("type").equals(how);
    }

    private static void key(HttpRequest request) throws RefusedException {
        String key = request.header("x-api-key").isEmpty() ? request.bearer() : request.header("x-api-key");
        if (key.isEmpty()) {
            throw new RefusedException(new Refusal(401, "", "", "x-api-key header is required"));
        }
        if (key.equals(OfflineServer.WRONG_KEY)) {
            throw new RefusedException(new Refusal(401, "", "", "invalid x-api-key"));
        }
    }

    private static String model(Json body) throws RefusedException {
        String model = body.text("model");
        if (model.isEmpty()) {
            throw badRequest("model: a string is required");
        }
        if (model.startsWith(OfflineServer.UNKNOWN_MODEL)) {
            throw new RefusedException(new Refusal(404, "", "", "model: " + model));
        }
        return model;
    }

    private static boolean tools(Json tools) throws RefusedException {
        Set<String> names = new HashSet<>();
        int index = 0;
        for (Json tool : tools.items()) {
            String place = "tools." + index++ + ".";
            String name = tool.text("name");
            if (!TOOL_NAME.matcher(name).matches()) {
                throw badRequest(place + "name: must have 1 to 128 letters, digits, _ or -; it is \"" + name + "\"");
            }
            if (!names.add(name)) {
                throw badRequest(place + "name: there are two tools called \"" + name + "\"");
            }
            if (!Fields.has(tool, "type") || tool.text("type").equals("custom")) {
                Optional<String> unknown = Fields.unknown(tool, TOOL);
                if (unknown.isPresent()) {
                    throw badRequest(place + unknown.get() + ": this field is not known");
                }
                if (!tool.get("input_schema").text("type").equals("object")) {
                    throw badRequest(place + "input_schema: a schema of the type \"object\" is required");
                }
            }
        }
        return index > 0;
    }

    private static void system(Json system) throws RefusedException {
        int index = 0;
        for (Json block : system.items()) {
            String place = "system." + index++ + ": ";
            if (!block.text("type").equals("text")) {
                throw badRequest(place + "only text blocks may be here");
            }
            if (block.text("text").isBlank()) {
                throw badRequest(place + "a text block must not be empty");
            }
        }
        if (!system.isNull() && !Fields.isText(system) && !Fields.isList(system)) {
            throw badRequest("system: must be a string or a list of text blocks");
        }
    }

    private static void thinking(Json body) throws RefusedException {
        Json thinking = body.get("thinking");
        String type = thinking.text("type");
        if (!thinking.isNull() && !List.of("enabled", "adaptive", "disabled").contains(type)) {
            throw badRequest("thinking.type: must be enabled, adaptive or disabled");
        }
        if (type.equals("enabled") && !Fields.isWhole(thinking.get("budget_tokens"), LEAST_BUDGET)) {
            throw badRequest("thinking.budget_tokens: a whole number from " + LEAST_BUDGET + " is required");
        }
        if (type.equals("enabled") && thinking.number("budget_tokens") >= body.number("max_tokens")) {
            throw badRequest("thinking.budget_tokens: must be less than max_tokens");
        }
        if (!type.equals("enabled") && Fields.has(thinking, "budget_tokens")) {
            throw badRequest("thinking.budget_tokens: may only be given when thinking is enabled");
        }
        if (isThinking(body) && Fields.has(body, "temperature") && body.decimal("temperature") != 1) {
            throw badRequest("temperature: must be 1 when the model is to think");
        }
        String choice = body.get("tool_choice").text("type");
        if (isThinking(body) && (choice.equals("any") || choice.equals("tool"))) {
            throw badRequest("tool_choice: no tool can be forced when the model is to think");
        }
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> all = new HashSet<>(one);
        all.addAll(other);
        return all;
    }
}
