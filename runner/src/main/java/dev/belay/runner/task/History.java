package dev.belay.runner.task;

import dev.belay.proto.v1.Event;
import java.io.IOException;
import java.util.List;

/** What the controller remembers of a task that this runner goes on with. */
public interface History {
    /** Messages, calls and results, in the order of the log. Waits for a controller that is away. */
    List<Event> of(String task, int epoch) throws IOException, InterruptedException;
}
