package dev.belay.runner.hands;

import java.time.Duration;
import java.util.Map;

/**
 * The long-lived process inside a sandbox that does what the runner asks: it runs commands and touches files there, under
 * the whole confinement. Its answers are hostile input; a frame that breaks the protocol ends the hand.
 *
 * <p>Safe for use by several threads; commands run side by side.
 */
public interface Hand extends AutoCloseable {
    /** Where commands run when nothing else is said. */
    String HOME = "/workspace";

    /** Starts {@code argv}; its output arrives at {@code sink} on a thread of the hand's, in order per stream. */
    Running run(String[] argv, String directory, Map<String, String> environment, Sink sink) throws HandException;

    /** The file's first {@code limit} bytes from {@code offset}. Follows symlinks, as a program inside would. */
    FileContent read(String path, long offset, int limit) throws HandException;

    /**
     * Replaces or makes the file in one step (temporary file, rename), with the parents that are missing. An existing file
     * keeps its mode.
     */
    void write(String path, byte[] content) throws HandException;

    FileStatus status(String path) throws HandException;

    /** Round trip of an empty frame. */
    Duration ping() throws HandException;

    @Override
    void close();

    /** A command that was started. */
    interface Running {
        /** Waits for the main process to end, or kills the whole tree at the deadline. */
        Exit await(Duration deadline) throws HandException, InterruptedException;

        void input(byte[] bytes) throws HandException;

        void endInput() throws HandException;

        /** Kills the command and everything it started. */
        void kill() throws HandException;
    }

    /** @param directory where the command's shell stood at its end, when it was asked for; otherwise empty */
    record Exit(int code, boolean timedOut, Duration took, long outputBytes, String directory) {}

    interface Sink {
        void stdout(byte[] bytes);

        void stderr(byte[] bytes);
    }

    record FileContent(byte[] bytes, long size) {}

    /** @param kind {@code file}, {@code directory}, {@code other} or {@code absent}, symlinks followed */
    record FileStatus(String kind, long size, int mode, long mtimeNanos) {}
}
