package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The finished items of one response, and the calls among them. */
final class ResponsesItems {
    static final int MOST = 1024;

    private final List<Json> items = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private final Set<String> unfinished = new HashSet<>();
    private final Set<String> ids = new HashSet<>();
    private boolean replayable = true;
    private boolean endsInReasoning;

    boolean isEmpty() {
        return items.isEmpty();
    }

    void add(OpenAiEvent item) throws WireException {
        if (items.size() == MOST) {
            throw OpenAiEvent.broken("it has too many items");
        }
        String kind = item.text("type");
        if (kind.isEmpty()) {
            throw OpenAiEvent.broken("an item is of no kind");
        }
        items.add(item.body());
        endsInReasoning = kind.equals("reasoning");
        replayable &= item.text("id").length() <= ResponsesWire.LONGEST_ID && !isUnfinished(item);
        if (endsInReasoning) {
            replayable &= !item.text("encrypted_content").isEmpty();
        }
        if (kind.equals("function_call")) {
            call(item);
        }
    }

    /** @param cut whether the answer ended at its limit: a call that was not written to its end is then none */
    List<ToolCall> calls(boolean cut) {
        return calls.stream()
                .filter(call -> !cut || !unfinished.contains(call.id()))
                .toList();
    }

    /**
     * The items, if the provider takes them back. It looks for reasoning whose content is not there in its own store, where
     * nothing was left; reasoning at the very end has nothing that it led to; and some ids that it gives it does not take.
     */
    Optional<Reply.Own> own(String model) {
        return replayable && !endsInReasoning && !items.isEmpty()
                ? Optional.of(new Reply.Own(ResponsesWire.NAME, model, new Json.Arr(items)))
                : Optional.empty();
    }

    private void call(OpenAiEvent item) throws WireException {
        String id = item.text("call_id");
        String name = item.text("name");
        if (id.isEmpty() || name.isEmpty() || !ids.add(id)) {
            throw OpenAiEvent.broken("it makes a call without a name or an id of its own");
        }
        if (calls.size() == ChatCalls.MOST) {
            throw OpenAiEvent.broken("it makes too many calls");
        }
        replayable &= id.length() <= ResponsesWire.LONGEST_ID;
        StreamedInput input = new StreamedInput();
        input.add(item.text("arguments"));
        ToolCall call = input.call(id, name);
        calls.add(call);
        if (isUnfinished(item) || !call.unreadable().isEmpty()) {
            unfinished.add(id);
        }
    }

    private static boolean isUnfinished(OpenAiEvent item) throws WireException {
        String status = item.text("status");
        return status.equals("incomplete") || status.equals("in_progress");
    }
}
