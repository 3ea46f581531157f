package dev.belay.runner.task;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Where people's wishes and the agent's steps take turns: a wish runs between two steps, never beside one. Whoever comes
 * while a step runs is told so.
 */
final class Gate {
    /** Runs on the task's own thread. */
    interface Wish {
        void grant() throws InterruptedException;

        /** The task ended before the wish was reached. */
        void turnAway();
    }

    private final Deque<Wish> waiting = new ArrayDeque<>();
    private boolean shut;
    private @Nullable String busyWith;

    /** @return what it has to wait for, or null when it will run at once */
    synchronized @Nullable String ask(Wish wish) {
        if (shut) {
            wish.turnAway();
            return null;
        }
        waiting.add(wish);
        notifyAll();
        return busyWith;
    }

    synchronized void busyWith(@Nullable String what) {
        busyWith = what;
    }

    /** Grants everything that waits, on the calling thread. */
    void betweenSteps() throws InterruptedException {
        while (true) {
            Wish wish;
            synchronized (this) {
                busyWith = null;
                wish = waiting.poll();
            }
            if (wish == null) {
                return;
            }
            wish.grant();
        }
    }

    void shut() {
        Deque<Wish> left;
        synchronized (this) {
            shut = true;
            left = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        left.forEach(Wish::turnAway);
    }
}
