package dev.belay.controller.events;

import dev.belay.controller.Bounds;
import dev.belay.controller.Timings;
import dev.belay.controller.tasks.Caller;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the logs of tasks as streams, and cuts those that nobody reads. */
@Singleton
public final class EventStreams {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    private final SharedPages pages;
    private final Speeches speeches;
    private final Seats seats;
    private final Feed feed;
    private final Timings timings;
    private final Duration slow;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    EventStreams(SharedPages pages, Speeches speeches, Seats seats, Feed feed, Timings timings, Bounds bounds) {
        this.pages = pages;
        this.speeches = speeches;
        this.seats = seats;
        this.feed = feed;
        this.timings = timings;
        this.slow = bounds.slowWatcher();
    }

    /**
     * The events after {@code after} as text/event-stream; with {@code follow} until the task's end, and then on wish with
     * what its model is just saying.
     *
     * @param hangUp ends the connection that it is read for
     * @throws dev.belay.proto.error.BelayException E_TOO_MANY_WATCHERS
     */
    public InputStream open(Caller caller, String task, long after, boolean follow, boolean saying, Runnable hangUp) {
        seats.take(caller, task);
        EventStream stream =
                new EventStream(
                        new EventStream.Source(pages, speeches, caller, task, follow, follow && saying),
                        feed.watch(task),
                        timings,
                        after,
                        hangUp) {
                    @Override
                    void ended() {
                        open.remove(this);
                        seats.giveBack(caller, task);
                    }
                };
        open.add(stream);
        return stream;
    }

    /**
     * To be called again and again. Whoever takes nothing of what is ready for it loses its connection, and may come back
     * with the id of the last event that it has: nothing was held for it but one page.
     */
    public void cutSlow() {
        for (EventStream stream : open) {
            if (stream.untakenFor().compareTo(slow) > 0) {
                LOG.info("{} is cut after event {}: its reader took nothing for {}", stream, stream.last(), slow);
                stream.cut();
            }
        }
    }
}
