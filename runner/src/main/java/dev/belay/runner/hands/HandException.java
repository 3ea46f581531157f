package dev.belay.runner.hands;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The hand is gone, broke the protocol, or the operation inside failed; {@link #errno()} tells the last case. */
public final class HandException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public static final int ENOENT = 2;
    static final int EINVAL = 22;

    private final int errno;

    public HandException(String message) {
        this(message, 0);
    }

    public HandException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    HandException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.errno = 0;
    }

    /** Linux's number, or 0 when the hand itself failed. */
    public int errno() {
        return errno;
    }

    /** No further request can be answered. */
    public boolean lost() {
        return errno == 0;
    }
}
