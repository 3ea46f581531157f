package dev.belay.runner.hands;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The time in which a hand may be waited for. It stands still while the hand itself is made to stand still. */
final class HandClock {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private long stoodStill;
    private long stillSince;
    private boolean still;

    synchronized void standStill() {
        if (!still) {
            still = true;
            stillSince = System.nanoTime();
        }
    }

    synchronized void goOn() {
        if (still) {
            still = false;
            stoodStill += System.nanoTime() - stillSince;
        }
    }

    /** Like {@link System#nanoTime}: good for differences. */
    synchronized long nanos() {
        return (still ? stillSince : System.nanoTime()) - stoodStill;
    }

    private synchronized boolean isStill() {
        return still;
    }

    /** As {@link Future#get(long, TimeUnit)}, by this clock. */
    <T> T await(Future<T> future, Duration most) throws TimeoutException, ExecutionException, InterruptedException {
        long start = nanos();
        while (true) {
            long left = most.toNanos() - (nanos() - start);
            try {
                return future.get(isStill() ? LOOK_NANOS : Math.max(0, left), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                if (most.toNanos() <= nanos() - start) {
                    throw late;
                }
            }
        }
    }
}
