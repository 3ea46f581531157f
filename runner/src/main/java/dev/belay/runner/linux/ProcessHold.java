package dev.belay.runner.linux;

import java.io.IOException;

/** A pidfd: names one process for as long as it is held, even after its pid was given to another. */
public final class ProcessHold implements AutoCloseable {
    private static final long CLOSE = 3;
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;

    private final int descriptor;
    private boolean closed;

    private ProcessHold(int descriptor) {
        this.descriptor = descriptor;
    }

    public static ProcessHold of(long pid) throws IOException {
        long descriptor = Syscall.call(PIDFD_OPEN, pid, 0);
        if (descriptor < 0) {
            throw new IOException("pidfd_open of " + pid + ": errno " + -descriptor);
        }
        return new ProcessHold((int) descriptor);
    }

    /** False when the process has ended, or the hold was closed. */
    public synchronized boolean signal(int signal) {
        return !closed && Syscall.call(PIDFD_SEND_SIGNAL, descriptor, signal) == 0;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Syscall.call(CLOSE, descriptor);
        }
    }
}
