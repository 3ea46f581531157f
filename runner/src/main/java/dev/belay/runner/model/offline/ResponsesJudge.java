package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Set;

/** What OpenAI refuses of a request for a response, its conversation apart. */
final class ResponsesJudge {
    static final String ENCRYPTED = "reasoning.encrypted_content";

    private static final Set<String> KNOWN = Set.of(
            "background",
            "context_management",
            "conversation",
            "include",
            "input",
            "instructions",
            "max_output_tokens",
            "max_tool_calls",
            "metadata",
            "model",
            "parallel_tool_calls",
            "previous_response_id",
            "prompt",
            "prompt_cache_key",
            "prompt_cache_options",
            "prompt_cache_retention",
            "reasoning",
            "safety_identifier",
            "service_tier",
            "store",
            "stream",
            "stream_options",
            "temperature",
            "text",
            "tool_choice",
            "tools",
            "top_logprobs",
            "top_p",
            "truncation",
            "user");

    private static final Set<String> INCLUDABLE = Set.of(
            ENCRYPTED,
            "code_interpreter_call.outputs",
            "computer_call_output.output.image_url",
            "file_search_call.results",
            "message.input_image.image_url",
            "message.output_text.logprobs",
            "web_search_call.action.sources",
            "web_search_call.results");

    private static final int LEAST_OUTPUT = 16;

    Asked judge(HttpRequest request) throws RefusedException {
        OpenAi.key(request);
        Json body = Fields.body(request);
        OpenAi.known(body, KNOWN);
        String model = OpenAi.model(body);
        if (Fields.has(body, "max_output_tokens") && !Fields.isWhole(body.get("max_output_tokens"), LEAST_OUTPUT)) {
            throw OpenAi.invalid("max_output_tokens", "must be a whole number from " + LEAST_OUTPUT);
        }
        if (Fields.has(body, "previous_response_id") || Fields.has(body, "conversation")) {
            throw RefusedException.badRequest(
                    "previous_response_not_found", "previous_response_id", "this server stores no response");
        }
        for (Json word : body.get("include").items()) {
            if (!INCLUDABLE.contains(word.text())) {
                throw OpenAi.invalid("include", "there is no \"" + word.text() + "\"");
            }
        }
        tools(body.get("tools"));
        Json input = input(body);
        int answers = new ResponsesTurns(input).judge();
        Prompt.Builder prompt = new Prompt.Builder();
        prompt.addAll(body.get("tools")).add(body.get("instructions")).addAll(input);
        return new Asked(model, body.flag("stream"), answers, body, prompt.cachedByItself());
    }

    /** A plain string is one message of the user. */
    private static Json input(Json body) throws RefusedException {
        Json input = body.get("input");
        if (input.isNull()) {
            throw OpenAi.missing("input");
        }
        if (input instanceof Json.Str) {
            Json message =
                    Json.object().put("role", "user").put("content", input).build();
            return new Json.Arr(List.of(message));
        }
        if (!Fields.isList(input) || input.items().isEmpty()) {
            throw OpenAi.invalid("input", "must be a string or a list that is not empty");
        }
        return input;
    }

    private static void tools(Json tools) throws RefusedException {
        int index = 0;
        for (Json tool : tools.items()) {
            String place = "tools[" + index++ + "]";
            switch (tool.text("type")) {
                case "" -> throw OpenAi.missing(place + ".type");
                case "function" -> OpenAi.function(place, tool);
                case "custom" -> {
                    if (tool.text("name").isEmpty()) {
                        throw OpenAi.missing(place + ".name");
                    }
                }
                default -> {}
            }
        }
    }
}
