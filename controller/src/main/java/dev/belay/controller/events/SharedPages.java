package dev.belay.controller.events;

import dev.belay.controller.tasks.Caller;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.Event;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Pages of logs as text, read once for all who want the same one: those who follow a task stand at the same place of its
 * log, so that a change costs the same few questions to the database whether one follows or a thousand do.
 *
 * <p>Guarantee: what is answered was read after the change that the asker knows of. A page with events on it stays true
 * for ever, since a log only grows; an empty one is true until the next change.
 */
@Singleton
final class SharedPages {
    private static final long MOST_BYTES = 32L << 20;
    private static final int SMALLEST = 512;

    private final EventLog log;
    /** From the one that was wanted longest ago. */
    private final Map<Place, Reading> readings = new LinkedHashMap<>(64, 0.75f, true);

    private long bytes;

    SharedPages(EventLog log) {
        this.log = log;
    }

    /**
     * A page of server-sent events, and how far the log reached before it was read.
     *
     * @param last the sequence number of its last event
     */
    record Page(byte[] text, long last, EventLog.End end) {
        boolean isEmpty() {
            return text.length == 0;
        }
    }

    private record Place(String tenant, String task, long after) {}

    private static final class Reading {
        private final long since;
        private final CompletableFuture<Page> page = new CompletableFuture<>();
        private long weight = SMALLEST;

        Reading(long since) {
            this.since = since;
        }

        boolean serves(long change) {
            return since >= change
                    || (page.isDone()
                            && !page.isCompletedExceptionally()
                            && !page.join().isEmpty());
        }
    }

    /** @param change the last one that the asker knows of */
    Page after(Caller caller, String task, long after, long change) throws InterruptedException {
        Place place = new Place(caller.tenant(), task, after);
        Reading reading;
        boolean mine = false;
        synchronized (this) {
            Reading known = readings.get(place);
            if (known != null && known.serves(change)) {
                reading = known;
            } else {
                reading = new Reading(change);
                mine = true;
                forget(place);
                readings.put(place, reading);
                bytes += reading.weight;
            }
        }
        if (mine) {
            // On a thread of its own: who asked may go away meanwhile, and the others still want it.
            Thread.ofVirtual().name("page-" + task).start(() -> read(caller, place, reading));
        }
        try {
            return reading.page.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("a page of " + task + " could not be read", failed);
        }
    }

    private void read(Caller caller, Place place, Reading reading) {
        try {
            // Read before the page: what is committed up to here is in the page or in one after it.
            EventLog.End end = log.end(caller, place.task());
            List<Event> events = log.page(caller, place.task(), place.after());
            Page page = new Page(
                    text(events),
                    events.isEmpty() ? place.after() : events.getLast().getSeq(),
                    end);
            keep(place, reading, page.text().length);
            reading.page.complete(page);
        } catch (RuntimeException failed) {
            synchronized (this) {
                if (readings.get(place) == reading) {
                    forget(place);
                }
            }
            reading.page.completeExceptionally(failed);
        }
    }

    private synchronized void keep(Place place, Reading reading, int length) {
        if (readings.get(place) != reading) {
            return;
        }
        reading.weight += length;
        bytes += length;
        Iterator<Map.Entry<Place, Reading>> eldest = readings.entrySet().iterator();
        while (bytes > MOST_BYTES && eldest.hasNext()) {
            Reading old = eldest.next().getValue();
            bytes -= old.weight;
            eldest.remove();
        }
    }

    private void forget(Place place) {
        Reading known = readings.remove(place);
        if (known != null) {
            bytes -= known.weight;
        }
    }

    /** An answer in its provider's own form is for that provider alone, and may be as large as the model's reasoning. */
    private static Event shown(Event event) {
        return event.getModelMessage().hasOwn()
                ? event.toBuilder()
                        .setModelMessage(event.getModelMessage().toBuilder().clearOwn())
                        .build()
                : event;
    }

    private static byte[] text(List<Event> events) {
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            text.append("id: ").append(event.getSeq()).append('\n');
            text.append("event: ").append(ProtoJson.kind(event)).append('\n');
            text.append("data: ").append(ProtoJson.write(shown(event)).print()).append("\n\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
