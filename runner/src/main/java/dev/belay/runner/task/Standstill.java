package dev.belay.runner.task;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether a task is made to stand still because its tenure is over, and for how long it was. For one thread at a time. */
final class Standstill {
    private static final Duration LONGEST = Duration.ofHours(1);

    private @Nullable Duration since;
    private Duration untold = Duration.ZERO;

    boolean lasts() {
        return since != null;
    }

    void begin(Duration now) {
        since = now;
    }

    /** Whether it has lasted so long that the place is worth more to others. */
    boolean isTooLong(Duration now) {
        return since != null && now.minus(since).compareTo(LONGEST) >= 0;
    }

    void end(Duration now) {
        if (since != null) {
            untold = untold.plus(now.minus(since));
            since = null;
        }
    }

    /** How long it stood still in all, since this was asked last. */
    Duration tell() {
        Duration told = untold;
        untold = Duration.ZERO;
        return told;
    }
}
