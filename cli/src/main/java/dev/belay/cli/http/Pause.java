package dev.belay.cli.http;

import java.time.Duration;

/** Waiting before the next try, so that tests need not. */
@FunctionalInterface
public interface Pause {
    void pause(Duration time) throws InterruptedException;

    static Pause real() {
        return Thread::sleep;
    }
}
