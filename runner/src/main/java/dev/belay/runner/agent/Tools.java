package dev.belay.runner.agent;

import java.util.List;

/** The agent's hands, as far as it needs to know them. */
public interface Tools {
    /** What a model is told of them. */
    List<ToolSpec> specs();

    /** A wrong call, a failed command and a refused path are outcomes; only the loss of the sandbox is an exception. */
    ToolOutcome call(ToolCall call) throws ToolsLostException, InterruptedException;

    /** One line that shows a person what the call is about: the command, the path. */
    String summary(ToolCall call);
}
