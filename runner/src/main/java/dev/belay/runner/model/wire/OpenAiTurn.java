package dev.belay.runner.model.wire;

import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A conversation in the order that OpenAI's forms ask for: an answer, the output of every one of its calls, and only then
 * what was said to the model.
 */
sealed interface OpenAiTurn {
    String NOT_MADE = "(this call was not made)";
    String NO_OUTPUT = "(no output)";

    record Said(String text) implements OpenAiTurn {}

    /** @param outputs one for every call, in the calls' order */
    record Answered(Reply reply, List<String> outputs) implements OpenAiTurn {}

    static List<OpenAiTurn> of(Conversation conversation) {
        List<Part> parts = conversation.parts();
        List<OpenAiTurn> turns = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            switch (parts.get(i)) {
                case Part.Prompt(String text) -> turns.add(new Said(text));
                case Part.Message(String text) -> turns.add(new Said(text));
                case Part.Note(String text) -> turns.add(new Said(text));
                case Part.Answer(Reply reply) ->
                    turns.add(new Answered(reply, outputs(reply.calls(), resultsAfter(i, parts))));
                case Part.Result _ -> {}
            }
        }
        return turns;
    }

    private static List<Part.Result> resultsAfter(int answer, List<Part> parts) {
        List<Part.Result> results = new ArrayList<>();
        for (Part part : parts.subList(answer + 1, parts.size())) {
            if (part instanceof Part.Answer) {
                break;
            }
            if (part instanceof Part.Result result) {
                results.add(result);
            }
        }
        return results;
    }

    /** A result of no call is shown nowhere: providers refuse it. */
    private static List<String> outputs(List<ToolCall> calls, List<Part.Result> results) {
        List<String> outputs = new ArrayList<>();
        for (ToolCall call : calls) {
            String output = NOT_MADE;
            for (Iterator<Part.Result> left = results.iterator(); left.hasNext(); ) {
                Part.Result result = left.next();
                if (result.call().id().equals(call.id())) {
                    output = result.outcome().output().isEmpty()
                            ? NO_OUTPUT
                            : result.outcome().output();
                    left.remove();
                    break;
                }
            }
            outputs.add(output);
        }
        return outputs;
    }
}
