package dev.belay.runner.hands;

import java.io.IOException;
import java.io.Serial;

/** The hand is gone, broke the protocol, or the operation inside failed; {@link #errno()} tells the last case. */
public final class HandException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int errno;

    public HandException(String message) {
        this(message, 0);
    }

    public HandException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** Linux's number, or 0 when the hand itself failed. */
    public int errno() {
        return errno;
    }
}
