package dev.belay.runner.agent;

/** The agent's hands, as far as it needs to know them. */
public interface Tools {
    /** A wrong call, a failed command and a refused path are outcomes; only the loss of the sandbox is an exception. */
    ToolOutcome call(ToolCall call) throws ToolsLostException, InterruptedException;

    /** One line that shows a person what the call is about: the command, the path. */
    String summary(ToolCall call);
}
