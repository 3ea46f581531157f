package dev.belay.controller.ports;

/** The way to the runner of one visit. Safe for several threads; none of them waits longer than the runner does. */
public interface Outlet {
    /** Waits for the runner; false when it has gone. */
    boolean send(byte[] bytes, int count) throws InterruptedException;

    /** What came from it was taken: it may send another piece. */
    void another();

    /** Nothing more is sent. */
    void end();

    /** Ends the call, whatever was on its way. */
    void close();
}
