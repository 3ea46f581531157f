package dev.belay.runner.model.wire;

import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import java.util.ArrayList;
import java.util.List;

/** Gathers the parts of a conversation into its turns. */
final class Turns {
    private static final String NO_OUTPUT = "(no output)";
    private static final String NOT_MADE = "This call was not made.";
    private static final String GO_ON = "Go on.";

    private final List<Turn> turns = new ArrayList<>();
    private List<ToolCall> calls = List.of();
    private List<Part.Result> results = new ArrayList<>();
    private List<String> texts = new ArrayList<>();

    List<Turn> of(List<Part> parts) {
        for (Part part : parts) {
            switch (part) {
                case Part.Prompt(String text) -> say(text);
                case Part.Message(String text) -> say(text);
                case Part.Note(String text) -> say(text);
                case Part.Result result -> results.add(result);
                case Part.Answer(Reply reply) -> answer(reply);
            }
        }
        ask();
        turns.add(told());
        return turns;
    }

    private void say(String text) {
        if (!text.isBlank()) {
            texts.add(text);
        }
    }

    /** An answer that neither says nor calls anything is no turn, because nobody takes an empty one. */
    private void answer(Reply reply) {
        ask();
        if (reply.text().isBlank() && reply.calls().isEmpty()) {
            return;
        }
        turns.add(told());
        turns.add(new Turn.Answered(reply));
        calls = reply.calls();
        results = new ArrayList<>();
        texts = new ArrayList<>();
    }

    /** Nobody takes a question of nothing either. An answer of nothing leaves it standing: what was shown stays. */
    private void ask() {
        if (calls.isEmpty() && texts.isEmpty()) {
            texts.add(GO_ON);
        }
    }

    private Turn told() {
        List<Turn.Result> all = new ArrayList<>();
        List<Part.Result> left = new ArrayList<>(results);
        for (ToolCall call : calls) {
            all.add(left.stream()
                    .filter(result -> result.call().id().equals(call.id()))
                    .findFirst()
                    .map(result -> {
                        left.remove(result);
                        return result(call, result.outcome());
                    })
                    .orElse(new Turn.Result(call, true, NOT_MADE)));
        }
        return new Turn.Told(all, texts);
    }

    private static Turn.Result result(ToolCall call, ToolOutcome outcome) {
        String output = outcome.output();
        return new Turn.Result(call, outcome.isError(), output.isBlank() ? NO_OUTPUT : output);
    }
}
