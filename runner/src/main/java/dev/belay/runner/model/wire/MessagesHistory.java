package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A conversation as messages of user and assistant, who take turns. */
final class MessagesHistory {
    private static final int MARKS = 2;

    private final LegalNames names = new LegalNames();
    private final List<Message> messages = new ArrayList<>();
    private final String model;

    /** How the calls of the last answer are called in it. */
    private List<String> callIds = List.of();

    /** @param own as it came from the model */
    private record Message(String role, List<Json> content, boolean own) {
        boolean isUser() {
            return role.equals("user");
        }

        boolean has(String type) {
            return content.stream().anyMatch(block -> block.text("type").equals(type));
        }

        Json print(boolean marked) {
            List<Json> blocks = new ArrayList<>(content);
            if (marked) {
                blocks.add(MessagesBlock.with(blocks.removeLast(), "cache_control", MessagesWire.CACHED));
            }
            return Json.object()
                    .put("role", role)
                    .put("content", new Json.Arr(blocks))
                    .build();
        }
    }

    private MessagesHistory(String model) {
        this.model = model;
    }

    static MessagesHistory of(Conversation conversation, String model) {
        MessagesHistory history = new MessagesHistory(model);
        for (Turn turn : Turn.of(conversation)) {
            switch (turn) {
                case Turn.Told told -> history.tell(told);
                case Turn.Answered(Reply reply) -> history.answer(reply);
            }
        }
        return history;
    }

    /**
     * Marked for the cache: the end of what the model is told now, and the end of what it was told the last time, up to
     * which the cache has it.
     */
    Json marked() {
        List<Json> printed = new ArrayList<>();
        int marks = 0;
        for (Message message : messages.reversed()) {
            boolean marked = message.isUser() && marks < MARKS;
            marks += marked ? 1 : 0;
            printed.addFirst(message.print(marked));
        }
        return new Json.Arr(printed);
    }

    /**
     * Whether thinking with a budget is allowed now: a turn that goes on over tool results must have begun with a
     * thought, and only the model itself can have had it.
     */
    boolean maySign() {
        Optional<Message> first = Optional.empty();
        for (Message message : messages.reversed()) {
            if (message.isUser()) {
                if (!message.has("tool_result")) {
                    break;
                }
            } else if (!message.own()) {
                return false;
            } else {
                first = Optional.of(message);
            }
        }
        return first.map(message -> MessagesBlock.isThought(message.content().getFirst()))
                .orElse(true);
    }

    private void tell(Turn.Told told) {
        List<Json> blocks = new ArrayList<>();
        for (int i = 0; i < told.results().size(); i++) {
            Turn.Result result = told.results().get(i);
            Json.ObjectBuilder block = Json.object()
                    .put("type", "tool_result")
                    .put("tool_use_id", callIds.get(i))
                    .put("content", result.output());
            blocks.add((result.isError() ? block.put("is_error", true) : block).build());
        }
        told.texts().forEach(text -> blocks.add(text(text)));
        messages.add(new Message("user", blocks, false));
    }

    private void answer(Reply reply) {
        Optional<List<Json>> own = own(reply);
        if (own.isPresent()) {
            callIds = reply.calls().stream().map(ToolCall::id).toList();
            callIds.forEach(names::keep);
            messages.add(new Message("assistant", own.get(), true));
            return;
        }
        List<Json> blocks = new ArrayList<>();
        if (!reply.text().isBlank()) {
            blocks.add(text(reply.text()));
        }
        callIds = new ArrayList<>();
        for (ToolCall call : reply.calls()) {
            String id = names.id(call.id());
            callIds.add(id);
            blocks.add(Json.object()
                    .put("type", "tool_use")
                    .put("id", id)
                    .put("name", LegalNames.tool(call.tool()))
                    .put("input", call.input())
                    .build());
        }
        messages.add(new Message("assistant", blocks, false));
    }

    private Optional<List<Json>> own(Reply reply) {
        List<String> calls = reply.calls().stream().map(ToolCall::id).toList();
        return reply.own()
                .filter(own ->
                        own.wire().equals(MessagesWire.NAME) && own.model().equals(model))
                .map(this::blocks)
                .filter(blocks -> !blocks.isEmpty())
                // A content with other calls would be refused, and with it every question from here on.
                .filter(blocks -> blocks.stream()
                        .filter(block -> block.text("type").equals("tool_use"))
                        .map(block -> block.text("id"))
                        .toList()
                        .equals(calls));
    }

    private List<Json> blocks(Reply.Own own) {
        List<Json> all = own.content().items();
        return own.moved() && MessagesThinking.isBound(model)
                ? all.stream().filter(block -> !MessagesBlock.isThought(block)).toList()
                : all;
    }

    private static Json text(String text) {
        return Json.object().put("type", "text").put("text", text).build();
    }
}
