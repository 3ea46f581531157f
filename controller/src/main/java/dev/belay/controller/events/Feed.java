package dev.belay.controller.events;

import dev.belay.controller.peers.Hints;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes those who follow a task when something was committed for it. A hint only: who follows also looks by itself now
 * and then, and what it finds in the database is what counts.
 */
@Singleton
public final class Feed {
    private final ConcurrentHashMap<String, Set<Watch>> watches = new ConcurrentHashMap<>();
    private final Hints hints;

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
        Set<Watch> watching = watches.get(task);
        if (watching != null) {
            watching.forEach(Watch::wake);
        }
    }

    public Watch watch(String task) {
        Watch watch = new Watch(task);
        watches.compute(task, (id, watching) -> {
            Set<Watch> all = watching == null ? ConcurrentHashMap.newKeySet() : watching;
            all.add(watch);
            return all;
        });
        return watch;
    }

    /** The tasks that somebody follows now. */
    Set<String> watched() {
        return Set.copyOf(watches.keySet());
    }

    /** How many follow a task now. */
    public int watching() {
        return watches.values().stream().mapToInt(Set::size).sum();
    }

    /** One follower's bell. */
    public final class Watch implements AutoCloseable {
        private final String task;
        private final Semaphore bell = new Semaphore(0);

        private Watch(String task) {
            this.task = task;
        }

        private void wake() {
            bell.release();
        }

        /** Returns when the task changed since the last call, or after {@code most}. */
        public void await(Duration most) throws InterruptedException {
            if (bell.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
                bell.drainPermits();
            }
        }

        @Override
        public void close() {
            watches.computeIfPresent(task, (id, watching) -> {
                watching.remove(this);
                return watching.isEmpty() ? null : watching;
            });
            wake();
        }
    }
}
