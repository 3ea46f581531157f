package dev.belay.controller.runners;

import dev.belay.controller.peers.Hints;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tells the claim loop that there may be work and a place for it. */
@Singleton
public final class Wakeup {
    private final Semaphore bell = new Semaphore(0);
    private final Hints hints;

    public Wakeup(Hints hints) {
        this.hints = hints;
        hints.hear(Hints.About.QUEUE, nothing -> ring());
    }

    /** There is work, and the place for it may be at another controller. */
    public void queued() {
        ring();
        hints.tell(Hints.About.QUEUE, "");
    }

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
