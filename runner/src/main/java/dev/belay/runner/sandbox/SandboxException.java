package dev.belay.runner.sandbox;

import java.io.IOException;
import java.io.Serial;

/** A sandbox could not be made or used; nothing of it is left behind. */
public final class SandboxException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public SandboxException(String message) {
        super(message);
    }

    public SandboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
