package dev.belay.runner.agent;

import java.io.IOException;
import java.io.Serial;

/** The sandbox is gone; no further call can be made. */
public final class ToolsLostException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ToolsLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
