package dev.belay.runner.sandbox.shared;

import java.util.function.BooleanSupplier;

/** Whether a sandbox stands still, and for whom: a capture and a hold each keep it so, whatever the other does. */
public final class Stillness {
    private final BooleanSupplier stop;
    private final Runnable goOn;
    private boolean frozen;
    private boolean held;
    private boolean ended;

    /**
     * @param stop stops every process; false when they could not be stopped, and run
     * @param goOn the opposite; also when nothing stands still
     */
    public Stillness(BooleanSupplier stop, Runnable goOn) {
        this.stop = stop;
        this.goOn = goOn;
    }

    public synchronized boolean freeze() {
        frozen = !ended && (held || stop.getAsBoolean());
        return frozen;
    }

    public synchronized void thaw() {
        frozen = false;
        if (!ended && !held) {
            goOn.run();
        }
    }

    public synchronized boolean hold() {
        held = !ended && (held || frozen || stop.getAsBoolean());
        return held;
    }

    public synchronized void release() {
        held = false;
        if (!ended && !frozen) {
            goOn.run();
        }
    }

    /** Lets everything go on for good. False: it was ended before. */
    public synchronized boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        goOn.run();
        return true;
    }
}
