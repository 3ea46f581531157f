package dev.belay.runner.task;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * How long this runner may still act for the tasks that it holds: until shortly before the controller may give them to
 * another. Counted from when the last acknowledged renewal was sent, by a clock that goes on while the machine sleeps and
 * that nobody sets.
 */
public final class Tenure {
    private static final int SHARE = 5;
    private static final int OF = 6;

    private final Supplier<Duration> bootClock;
    private Duration until;

    public Tenure(Supplier<Duration> bootClock) {
        this.bootClock = bootClock;
        this.until = bootClock.get();
    }

    public Duration now() {
        return bootClock.get();
    }

    /** The controller has acknowledged a renewal that was sent at {@code sent}: 25 of a lease's 30 seconds are ours. */
    public synchronized void renewed(Duration sent, Duration lease) {
        Duration end = sent.plus(lease.multipliedBy(SHARE).dividedBy(OF));
        if (end.compareTo(until) > 0) {
            until = end;
        }
    }

    /** Negative when it is over. */
    public synchronized Duration left() {
        return until.minus(bootClock.get());
    }

    public boolean held() {
        return left().isPositive();
    }
}
