package dev.belay.runner.model;

import dev.belay.proto.script.Script;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Model;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Plays a written conversation: turn k answers the k-th request, whatever the tools answered. */
public final class ScriptModel implements Model {
    private final Script script;

    public ScriptModel(Script script) {
        this.script = script;
    }

    @Override
    public String name() {
        return "script";
    }

    @Override
    public Reply reply(Conversation conversation) throws ModelException {
        int turn = conversation.replies();
        if (turn >= script.turns().size()) {
            throw new ModelException(
                    "script_ended",
                    "the script " + script.name() + " ended after turn " + turn
                            + " without a turn of plain text; add one, such as: - say: \"Done.\"");
        }
        Script.Turn written = script.turns().get(turn);
        List<ToolCall> calls = new ArrayList<>();
        for (Script.Call call : written.calls()) {
            calls.add(new ToolCall("call-" + (turn + 1) + "-" + (calls.size() + 1), call.tool(), call.input()));
        }
        return new Reply(written.say(), calls, Reply.Usage.NONE);
    }
}
