package dev.belay.controller.runners;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tells the claim loop that there may be work and a place for it. */
@Singleton
public final class Wakeup {
    private final Semaphore bell = new Semaphore(0);

    public void ring() {
        bell.release();
    }

    /** Returns when rung since the last call, or after {@code most}. */
    public void await(Duration most) throws InterruptedException {
        if (bell.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
            bell.drainPermits();
        }
    }
}
