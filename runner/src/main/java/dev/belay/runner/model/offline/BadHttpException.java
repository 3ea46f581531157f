package dev.belay.runner.model.offline;

import java.io.IOException;
import java.io.Serial;

/** What came is no request that this server reads. Nothing that follows it on the connection can be trusted. */
final class BadHttpException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    BadHttpException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
