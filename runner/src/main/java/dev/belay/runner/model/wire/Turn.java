package dev.belay.runner.model.wire;

import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.List;

/**
 * A conversation as providers take it: what the model is told and what it answered, in turns, the first and the last of
 * them told. No turn is without content.
 */
sealed interface Turn {
    /**
     * @param results one for every call of the answer before, in the order of the calls
     * @param texts none of them blank
     */
    record Told(List<Result> results, List<String> texts) implements Turn {}

    record Answered(Reply reply) implements Turn {}

    /** @param output never blank */
    record Result(ToolCall call, boolean isError, String output) {}

    static List<Turn> of(Conversation conversation) {
        return new Turns().of(conversation.parts());
    }
}
