package dev.belay.runner.sandbox;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;

/**
 * A running sandbox: an isolated place with the hand as its first process.
 *
 * <p>Guarantees: closing it kills every process inside, whatever they did to escape their session, and returns only when
 * none is left; the death of the runner has the same effect. Nothing enters it but through the hand.
 */
public interface Sandbox extends AutoCloseable {
    String id();

    /** The hand's standard output. Everything that comes from here is hostile. */
    InputStream fromHand();

    /** The hand's standard input. */
    OutputStream toHand();

    boolean alive();

    /**
     * Stops every process inside, for at most 200 ms of trying. False: they could not be stopped, and the caller must
     * treat what it reads as moving.
     */
    boolean freeze();

    void thaw();

    /**
     * Stops every process inside until {@link #release}; what is frozen and thawed in between stays stopped.
     *
     * @return false: they could not be stopped, and run
     */
    boolean hold();

    void release();

    /** Runs {@code work} on a thread that is inside the sandbox's network namespace, and ends that thread. */
    <T> T inNetwork(Callable<T> work) throws Exception;

    /** Pids, as the runner sees them, of every process inside; for {@code /proc/PID/maps}. */
    java.util.List<Long> processes();

    @Override
    void close();
}
