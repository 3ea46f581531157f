package dev.belay.runner.task;

import dev.belay.proto.v1.CommandResult;

/** The way back for one command of a person. {@link #result} is called exactly once. */
public interface Replies {
    void stdout(byte[] bytes);

    void stderr(byte[] bytes);

    /** Why nothing happens yet. */
    void waiting(String why);

    void result(CommandResult.Builder result);
}
