package dev.belay.runner.model;

import dev.belay.proto.script.Script;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Model;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays a written conversation: turn k answers the k-th request, whatever the tools answered and people said, but for a turn
 * that expects to be told something.
 */
public final class ScriptModel implements Model {
    /** With the blanks behind it: all of them together are the text. */
    private static final Pattern WORD = Pattern.compile("\\s*\\S+\\s*|\\s+");

    private final Script script;
    private final int repliesBefore;

    public ScriptModel(Script script) {
        this(script, 0);
    }

    /** @param repliesBefore answers in the conversation that are not this script's */
    public ScriptModel(Script script, int repliesBefore) {
        this.script = script;
        this.repliesBefore = repliesBefore;
    }

    @Override
    public String name() {
        return "script";
    }

    @Override
    public boolean chooses() {
        return false;
    }

    @Override
    public Reply reply(Conversation conversation, Listener listener) throws ModelException, InterruptedException {
        int turn = conversation.replies() - repliesBefore;
        if (turn >= script.turns().size()) {
            throw new ModelException(
                    "script_ended",
                    "the script " + script.name() + " ended after turn " + turn
                            + " without a turn of plain text; add one, such as: - say: \"Done.\"");
        }
        Script.Turn written = script.turns().get(turn);
        List<String> said = conversation.unanswered();
        if (said.stream().noneMatch(text -> text.contains(written.expects()))
                && !written.expects().isEmpty()) {
            throw new ModelException(
                    "script_mismatch",
                    "turn " + (turn + 1) + " of the script " + script.name() + " expects to be told \""
                            + written.expects() + "\", and was told "
                            + (said.isEmpty() ? "nothing" : "\"" + String.join("\", \"", said) + "\""));
        }
        List<ToolCall> calls = new ArrayList<>();
        for (Script.Call call : written.calls()) {
            calls.add(new ToolCall(
                    "call-" + (repliesBefore + turn + 1) + "-" + (calls.size() + 1), call.tool(), call.input()));
        }
        if (written.pace().isPositive()) {
            speak(written, listener);
        }
        return new Reply(written.say(), calls, Reply.Usage.NONE);
    }

    /** As a model does that makes one word after the other. */
    private static void speak(Script.Turn written, Listener listener) throws InterruptedException {
        Matcher words = WORD.matcher(written.say());
        while (words.find()) {
            Thread.sleep(written.pace());
            listener.heard(words.group());
        }
    }
}
