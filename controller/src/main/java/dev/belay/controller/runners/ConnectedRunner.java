package dev.belay.controller.runners;

import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Kill;

/** A runner with a session to this controller. */
public interface ConnectedRunner extends KnownRunner {
    /** False when the session is over, or too far behind to be kept. */
    boolean send(ControllerMessage message);

    /** Whether it carries people's connections to what listens in its sandboxes. */
    boolean carries();

    /** What a runner is told of a task that is not its own any more. */
    static Kill notHeld(String task, int epoch) {
        return Kill.newBuilder()
                .setTask(task)
                .setEpoch(epoch)
                .setReason("this epoch does not hold the task any more")
                .build();
    }

    /** Ends the session; the runner may come back. */
    void close(String why);
}
