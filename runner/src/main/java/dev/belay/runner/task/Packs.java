package dev.belay.runner.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The way of packs between this runner and the controller. */
public interface Packs {
    /**
     * Hands the pack's bytes to {@code taker}, which verifies them; from their beginning once more when the connection
     * breaks. Waits for a controller that is away.
     */
    void fetch(String task, String sha256, Taker taker) throws IOException, InterruptedException;

    /** Who reads a pack. */
    interface Taker {
        void take(InputStream bytes) throws IOException;
    }

    /** Returns when the controller has verified and stored it. Idempotent. */
    void store(String task, int epoch, String sha256, Path pack) throws IOException, InterruptedException;
}
