package dev.belay.controller.events;

import dev.belay.controller.Timings;
import dev.belay.controller.tasks.Caller;
import jakarta.inject.Singleton;
import java.io.InputStream;

/** Opens the logs of tasks as streams. */
@Singleton
public final class EventStreams {
    private final EventLog log;
    private final Feed feed;
    private final Timings timings;

    public EventStreams(EventLog log, Feed feed, Timings timings) {
        this.log = log;
        this.feed = feed;
        this.timings = timings;
    }

    /** The events after {@code after} as text/event-stream; with {@code follow} until the task's end. */
    public InputStream open(Caller caller, String task, long after, boolean follow) {
        return new EventStream(log, feed, timings, caller, task, after, follow);
    }
}
