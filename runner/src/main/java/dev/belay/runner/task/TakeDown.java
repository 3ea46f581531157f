package dev.belay.runner.task;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The end of a place, whole or half made: the sandbox first, then what reads its files, then the files. Its slot, and with
 * that its kernel uid, is given back last, and never while a process of that uid may live: rather is the slot lost.
 */
final class TakeDown {
    private TakeDown() {}

    /** Everything is tried, whatever fails on the way; the first failure is told. */
    static void all(
            @Nullable Closeable sandbox,
            @Nullable Closeable snapshots,
            @Nullable Closeable workspace,
            Runnable giveBackSlot)
            throws IOException {
        boolean ended = false;
        try (Closeable files = workspace;
                Closeable store = snapshots) {
            if (sandbox != null) {
                sandbox.close();
            }
            ended = true;
        } finally {
            if (ended) {
                giveBackSlot.run();
            }
        }
    }
}
