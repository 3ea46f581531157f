package dev.belay.controller.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Looks until something is so, for outcomes that have no signal of their own. */
public final class Eventually {
    private Eventually() {}

    public static <T> T get(String what, Duration atMost, Supplier<T> look, Predicate<T> wanted) {
        long deadline = System.nanoTime() + atMost.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            T value = look.get();
            if (wanted.test(value)) {
                return value;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + " did not become what was expected; it is " + value);
            }
            try {
                never.await(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }
}
