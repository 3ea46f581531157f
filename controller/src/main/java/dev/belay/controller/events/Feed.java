package dev.belay.controller.events;

import dev.belay.controller.peers.Hints;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Wakes those who follow a task when something was committed for it. A hint only: who follows also looks by itself now
 * and then, and what it finds in the database is what counts.
 */
@Singleton
public final class Feed {
    private final ConcurrentHashMap<String, Followed> followed = new ConcurrentHashMap<>();
    private final AtomicLong rings = new AtomicLong();
    private final Hints hints;

    /** A task that somebody follows, and when it last changed: every change has a number of its own, and a higher one. */
    private final class Followed {
        private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
        private volatile long changed = rings.incrementAndGet();

        void wake() {
            changed = rings.incrementAndGet();
            watches.forEach(Watch::wake);
        }
    }

    public Feed(Hints hints) {
        this.hints = hints;
        hints.hear(Hints.About.TASK, this::wake);
    }

    /** To be called after the commit. Reaches those who follow at another controller too. */
    public void changed(String task) {
        wake(task);
        hints.tell(Hints.About.TASK, task);
    }

    void wake(String task) {
        Followed watched = followed.get(task);
        if (watched != null) {
            watched.wake();
        }
    }

    /** Wakes those who follow here; the log did not change. */
    void ring(String task) {
        Followed watched = followed.get(task);
        if (watched != null) {
            watched.watches.forEach(Watch::wake);
        }
    }

    public Watch watch(String task) {
        Watch[] watch = new Watch[1];
        followed.compute(task, (id, known) -> {
            Followed now = known == null ? new Followed() : known;
            watch[0] = new Watch(task, now);
            now.watches.add(watch[0]);
            return now;
        });
        return watch[0];
    }

    /** The tasks that somebody follows now. */
    Set<String> watched() {
        return Set.copyOf(followed.keySet());
    }

    /** How many follow a task now. */
    public int watching() {
        return followed.values().stream().mapToInt(task -> task.watches.size()).sum();
    }

    /** One follower's bell. */
    public final class Watch implements AutoCloseable {
        private final String task;
        private final Followed watched;
        private final Semaphore bell = new Semaphore(0);

        private Watch(String task, Followed watched) {
            this.task = task;
            this.watched = watched;
        }

        private void wake() {
            bell.release();
        }

        /** Which change of the task is the last one known of; what was read since then is new enough. */
        long lastChange() {
            return watched.changed;
        }

        /** Returns when the task changed since the last call, or after {@code most}. */
        public void await(Duration most) throws InterruptedException {
            if (bell.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
                bell.drainPermits();
            }
        }

        @Override
        public void close() {
            followed.computeIfPresent(task, (id, known) -> {
                known.watches.remove(this);
                return known.watches.isEmpty() ? null : known;
            });
            wake();
        }
    }
}
