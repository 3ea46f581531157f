package dev.belay.cli.blackbox;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Looks until something is so, for outcomes that have no signal of their own. */
final class Waiting {
    private Waiting() {}

    static void until(String what, Duration atMost, BooleanSupplier look) {
        long deadline = System.nanoTime() + atMost.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!look.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("after " + atMost + " it is not so: " + what);
            }
            try {
                never.await(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }
}
