package dev.belay.runner.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The way of packs between this runner and the controller. */
public interface Packs {
    /** The caller verifies what it reads. */
    InputStream fetch(String task, String sha256) throws IOException;

    /** Returns when the controller has verified and stored it. Idempotent. */
    void store(String task, int epoch, String sha256, Path pack) throws IOException, InterruptedException;
}
