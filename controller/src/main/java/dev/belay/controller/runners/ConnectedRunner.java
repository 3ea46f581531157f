package dev.belay.controller.runners;

import dev.belay.proto.v1.ControllerMessage;
import java.util.List;

/** A runner with a session to this controller. */
public interface ConnectedRunner {
    String name();

    String bootId();

    int slots();

    /** The isolation cells that are weaker there, each as {@code cell: what is so there}. */
    List<String> weaker();

    /** False when the session is over, or too far behind to be kept. */
    boolean send(ControllerMessage message);

    /** Ends the session; the runner may come back. */
    void close(String why);
}
