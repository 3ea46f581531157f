package dev.belay.runner.gateway;

import java.util.concurrent.Semaphore;

/**
 * The memory that connections may take, of all gateways of a process together: they share its heap, and a task that opens
 * all that it may must not end the runner for the others.
 */
final class HeapShare {
    /** Of any connection: what is read ahead on both of its ends, and what is on its way. */
    static final int CONNECTION = 128 << 10;

    /** What TLS on both ends takes beside. */
    static final int INSPECTION = 352 << 10;

    /** What is remembered of a push until it may go on, and what it is read into. */
    static final int PUSH = 4 << 20;

    static final HeapShare OF_THIS_PROCESS = new HeapShare(Runtime.getRuntime().maxMemory() / 4);

    private static final int UNIT = 32 << 10;

    private final Semaphore units;

    HeapShare(long bytes) {
        this.units = new Semaphore((int) Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE));
    }

    /** False: there is no room for it now. What was taken is to be given back. */
    boolean take(int bytes) {
        return units.tryAcquire(bytes / UNIT);
    }

    void giveBack(int bytes) {
        units.release(bytes / UNIT);
    }
}
