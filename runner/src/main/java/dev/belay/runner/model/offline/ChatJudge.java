package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.Set;

/** What OpenAI refuses of a request for a completion, its conversation apart. */
final class ChatJudge {
    private static final Set<String> KNOWN = Set.of(
            "audio",
            "frequency_penalty",
            "function_call",
            "functions",
            "logit_bias",
            "logprobs",
            "max_completion_tokens",
            "max_tokens",
            "messages",
            "metadata",
            "modalities",
            "model",
            "n",
            "parallel_tool_calls",
            "prediction",
            "presence_penalty",
            "prompt_cache_key",
            "prompt_cache_options",
            "prompt_cache_retention",
            "reasoning_effort",
            "response_format",
            "safety_identifier",
            "seed",
            "service_tier",
            "stop",
            "store",
            "stream",
            "stream_options",
            "temperature",
            "tool_choice",
            "tools",
            "top_logprobs",
            "top_p",
            "user",
            "verbosity",
            "web_search_options");

    Asked judge(HttpRequest request) throws RefusedException {
        OpenAi.key(request);
        Json body = Fields.body(request);
        OpenAi.known(body, KNOWN);
        String model = OpenAi.model(body);
        if (Fields.has(body, "stream_options") && !body.flag("stream")) {
            throw OpenAi.invalid("stream_options", "is only allowed when 'stream' is enabled");
        }
        if (Fields.has(body, "n") && body.number("n") != 1) {
            throw OpenAi.invalid("n", "this server gives one answer");
        }
        for (String limit : Set.of("max_tokens", "max_completion_tokens")) {
            if (Fields.has(body, limit) && !Fields.isWhole(body.get(limit), 1)) {
                throw OpenAi.invalid(limit, "must be a whole number from 1");
            }
        }
        tools(body.get("tools"));
        int answers = new ChatTurns(body.get("messages")).judge();
        Prompt.Builder prompt = new Prompt.Builder();
        prompt.addAll(body.get("tools")).addAll(body.get("messages"));
        return new Asked(model, body.flag("stream"), answers, body, prompt.cachedByItself());
    }

    private static void tools(Json tools) throws RefusedException {
        if (Fields.isList(tools) && tools.items().isEmpty()) {
            throw OpenAi.invalid("tools", "must not be empty");
        }
        int index = 0;
        for (Json tool : tools.items()) {
            String place = "tools[" + index++ + "]";
            if (!tool.text("type").equals("function")) {
                throw OpenAi.invalid(place + ".type", "must be 'function'");
            }
            OpenAi.function(place + ".function", tool.get("function"));
        }
    }
}
