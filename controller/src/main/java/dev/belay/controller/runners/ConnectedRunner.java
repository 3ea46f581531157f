package dev.belay.controller.runners;

import dev.belay.proto.v1.ControllerMessage;

/** A runner with a session to this controller. */
public interface ConnectedRunner extends KnownRunner {
    /** False when the session is over, or too far behind to be kept. */
    boolean send(ControllerMessage message);

    /** Ends the session; the runner may come back. */
    void close(String why);
}
