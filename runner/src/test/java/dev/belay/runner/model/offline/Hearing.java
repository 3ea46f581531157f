package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.model.offline.Asking.Event;
import dev.belay.runner.model.offline.TestWire.Call;
import dev.belay.runner.model.offline.TestWire.Heard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the answers of each wire together again, as the smallest client would. */
final class Hearing {
    private Hearing() {}

    static Heard messages(List<Event> events) {
        Map<Long, Json> begun = new LinkedHashMap<>();
        Told<Long> told = new Told<>();
        Map<Long, String> signatures = new LinkedHashMap<>();
        Json usage = Json.NULL;
        String ending = "";
        long out = 0;
        for (Event event : events) {
            Json data = event.json();
            long index = data.number("index");
            Json delta = data.get("delta");
            switch (event.type()) {
                case "message_start" -> usage = data.get("message").get("usage");
                case "content_block_start" -> {
                    begun.put(index, data.get("content_block"));
                }
                case "content_block_delta" -> {
                    signatures.put(index, delta.text("signature"));
                    told.add(index, delta.text("text") + delta.text("thinking") + delta.text("partial_json"));
                }
                case "message_delta" -> {
                    ending = delta.text("stop_reason");
                    out = data.get("usage").number("output_tokens");
                }
                default -> {}
            }
        }
        List<Json> blocks = new ArrayList<>();
        List<Call> calls = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        begun.forEach((index, block) -> {
            String all = told.of(index);
            switch (block.text("type")) {
                case "text" -> {
                    text.append(all);
                    blocks.add(
                            Json.object().put("type", "text").put("text", all).build());
                }
                case "thinking" ->
                    blocks.add(Json.object()
                            .put("type", "thinking")
                            .put("thinking", all)
                            .put("signature", signatures.get(index))
                            .build());
                default -> {
                    calls.add(new Call(block.text("id"), block.text("name"), all));
                    blocks.add(Json.object()
                            .put("type", "tool_use")
                            .put("id", block.text("id"))
                            .put("name", block.text("name"))
                            .put("input", parsed(all))
                            .build());
                }
            }
        });
        Json own = Json.object()
                .put("role", "assistant")
                .put("content", new Json.Arr(blocks))
                .build();
        long read = usage.number("cache_read_input_tokens");
        long in = usage.number("input_tokens") + usage.number("cache_creation_input_tokens") + read;
        return new Heard(text.toString(), calls, ending, own.print(), in, read, out);
    }

    static Heard responses(List<Event> events) {
        StringBuilder text = new StringBuilder();
        Told<String> arguments = new Told<>();
        List<Call> calls = new ArrayList<>();
        List<String> own = new ArrayList<>();
        Json last = Json.NULL;
        for (Event event : events) {
            Json data = event.json();
            switch (event.type()) {
                case "response.output_text.delta", "response.refusal.delta" -> text.append(data.text("delta"));
                case "response.function_call_arguments.delta" ->
                    arguments.add(data.text("item_id"), data.text("delta"));
                case "response.output_item.done" -> {
                    Json item = data.get("item");
                    own.add(item.print());
                    if (item.text("type").equals("function_call")) {
                        String all = arguments.of(item.text("id"));
                        calls.add(new Call(item.text("call_id"), item.text("name"), all));
                    }
                }
                case "response.completed", "response.incomplete", "response.failed" -> last = data.get("response");
                default -> {}
            }
        }
        Json usage = last.get("usage");
        return new Heard(
                text.toString(),
                calls,
                last.text("status") + last.get("incomplete_details").text("reason"),
                String.join(",", own),
                usage.number("input_tokens"),
                usage.get("input_tokens_details").number("cached_tokens"),
                usage.number("output_tokens"));
    }

    static Heard chat(List<Event> events) {
        StringBuilder text = new StringBuilder();
        Map<Long, Json> heads = new LinkedHashMap<>();
        Told<Long> arguments = new Told<>();
        Json usage = Json.NULL;
        String ending = "";
        for (Event event : events) {
            if (event.data().equals("[DONE]")) {
                continue;
            }
            Json data = event.json();
            usage = data.get("usage").isNull() ? usage : data.get("usage");
            for (Json choice : data.get("choices").items()) {
                Json delta = choice.get("delta");
                text.append(delta.text("content")).append(delta.text("refusal"));
                for (Json call : delta.get("tool_calls").items()) {
                    heads.putIfAbsent(call.number("index"), call);
                    arguments.add(call.number("index"), call.get("function").text("arguments"));
                }
                ending += choice.text("finish_reason");
            }
        }
        List<Call> calls = new ArrayList<>();
        List<Json> own = new ArrayList<>();
        heads.forEach((index, head) -> {
            String all = arguments.of(index);
            String name = head.get("function").text("name");
            calls.add(new Call(head.text("id"), name, all));
            own.add(Json.object()
                    .put("id", head.text("id"))
                    .put("type", "function")
                    .put(
                            "function",
                            Json.object()
                                    .put("name", name)
                                    .put("arguments", all)
                                    .build())
                    .build());
        });
        Json.ObjectBuilder message = Json.object().put("role", "assistant").put("content", text.toString());
        if (!own.isEmpty()) {
            message.put("tool_calls", new Json.Arr(own));
        }
        return new Heard(
                text.toString(),
                calls,
                ending,
                message.build().print(),
                usage.number("prompt_tokens"),
                usage.get("prompt_tokens_details").number("cached_tokens"),
                usage.number("completion_tokens"));
    }

    static Heard gemini(List<Event> events) {
        StringBuilder text = new StringBuilder();
        List<Call> calls = new ArrayList<>();
        List<Json> parts = new ArrayList<>();
        Json usage = Json.NULL;
        String ending = "";
        for (Event event : events) {
            Json data = event.json();
            usage = data.get("usageMetadata");
            ending += data.get("promptFeedback").text("blockReason");
            for (Json candidate : data.get("candidates").items()) {
                ending += candidate.text("finishReason");
                for (Json part : candidate.get("content").get("parts").items()) {
                    parts.add(part);
                    text.append(part.flag("thought") ? "" : part.text("text"));
                    Json call = part.get("functionCall");
                    if (!call.isNull()) {
                        calls.add(new Call(
                                call.text("id"),
                                call.text("name"),
                                call.get("args").print()));
                    }
                }
            }
        }
        Json own = Json.object()
                .put("role", "model")
                .put("parts", new Json.Arr(parts))
                .build();
        return new Heard(
                text.toString(),
                calls,
                ending,
                own.print(),
                usage.number("promptTokenCount"),
                usage.number("cachedContentTokenCount"),
                usage.number("candidatesTokenCount"));
    }

    /** Texts that come in pieces, each under a name. */
    private static final class Told<K> {
        private final Map<K, StringBuilder> all = new HashMap<>();

        void add(K name, String piece) {
            all.computeIfAbsent(name, _ -> new StringBuilder()).append(piece);
        }

        String of(K name) {
            return all.getOrDefault(name, new StringBuilder()).toString();
        }
    }

    private static Json parsed(String arguments) {
        try {
            return arguments.isEmpty() ? Json.object().build() : Json.parse(arguments);
        } catch (JsonException broken) {
            return Json.object().build();
        }
    }
}
