package dev.belay.runner.gateway;

import java.io.IOException;

/** A message that two readers could read differently, or none at all. Nothing of it goes on. */
final class BadMessageException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    BadMessageException(String message) {
        this(400, message);
    }

    BadMessageException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
