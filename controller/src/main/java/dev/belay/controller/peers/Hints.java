package dev.belay.controller.peers;

import dev.belay.controller.database.Database;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Words between the controllers of a database: that something changed and is worth a look. Nothing rests on them: whoever
 * could be told also looks by itself now and then. They leave after the commit, many at once, by a connection of their
 * own, because a transaction that notifies makes all others wait for it.
 */
@Singleton
public final class Hints {
    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);

    /** PostgreSQL takes less than 8000 bytes at a time. */
    private static final int PAYLOAD = 7900;

    private static final int MOST_WAITING = 20_000;

    /** What a hint is about. */
    public enum About {
        /** A task, by its id: its log grew. */
        TASK,
        /** There is something in the queue. */
        QUEUE,
        /** A runner, by its name: something is asked of it. */
        COMMAND,
        /** A command, by its id: its runner said something. */
        ANSWER,
        /** A runner, by its name: something is wanted of a task that it holds. */
        CANCEL,
        /** One's own echo. */
        PROBE
    }

    private final boolean shared;
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Semaphore bell = new Semaphore(0);
    private final Map<About, Consumer<String>> listeners = new ConcurrentHashMap<>();

    public Hints(Database database) {
        this.shared = database.shared();
    }

    /** To be called after the commit. Waits for nobody, and does nothing where there can be no other controller. */
    public void tell(About about, String which) {
        if (shared
                && waiting.size() < MOST_WAITING
                && waiting.add(about + ":" + which)
                && bell.availablePermits() == 0) {
            bell.release();
        }
    }

    /** @param listener is called on the connection that hears, and must not wait */
    public void hear(About about, Consumer<String> listener) {
        listeners.put(about, listener);
    }

    /** What is to be told, once there is something; empty after {@code most}. */
    List<String> next(long mostMillis, long togetherMillis) throws InterruptedException {
        if (!bell.tryAcquire(mostMillis, TimeUnit.MILLISECONDS)) {
            return List.of();
        }
        // Those that come while these wait go with them.
        TimeUnit.MILLISECONDS.sleep(togetherMillis);
        bell.drainPermits();
        List<String> payloads = new ArrayList<>();
        StringBuilder payload = new StringBuilder();
        for (String word : List.copyOf(waiting)) {
            waiting.remove(word);
            if (payload.length() + word.length() + 1 > PAYLOAD) {
                payloads.add(payload.toString());
                payload.setLength(0);
            }
            payload.append(payload.isEmpty() ? "" : " ").append(word);
        }
        if (!payload.isEmpty()) {
            payloads.add(payload.toString());
        }
        return payloads;
    }

    void heard(String payload) {
        for (String word : payload.split(" ", -1)) {
            int colon = word.indexOf(':');
            for (About about : About.values()) {
                if (colon > 0 && about.name().equals(word.substring(0, colon))) {
                    deliver(about, word.substring(colon + 1));
                }
            }
        }
    }

    private void deliver(About about, String which) {
        Consumer<String> listener = listeners.get(about);
        if (listener == null) {
            return;
        }
        try {
            listener.accept(which);
        } catch (RuntimeException failed) {
            LOG.warn("a hint about {} was lost", about, failed);
        }
    }
}
