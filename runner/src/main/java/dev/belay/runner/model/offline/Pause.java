package dev.belay.runner.model.offline;

import java.time.Duration;

/** How the server waits between two words of a turn that has a pace. */
@FunctionalInterface
public interface Pause {
    void take(Duration length) throws InterruptedException;
}
