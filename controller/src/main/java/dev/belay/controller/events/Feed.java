package dev.belay.controller.events;

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

    /** To be called after the commit. */
    public void changed(String task) {
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
