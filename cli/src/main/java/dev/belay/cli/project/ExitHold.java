package dev.belay.cli.project;

import java.util.concurrent.CountDownLatch;

/** Keeps the program from ending half way: Ctrl-C waits until this is closed. */
final class ExitHold implements AutoCloseable {
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::await, "belay-apply");

    private ExitHold() {}

    static ExitHold take() {
        ExitHold hold = new ExitHold();
        Runtime.getRuntime().addShutdownHook(hold.hook);
        return hold;
    }

    private void await() {
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is ending already, and goes on now.
            done.countDown();
        }
    }
}
