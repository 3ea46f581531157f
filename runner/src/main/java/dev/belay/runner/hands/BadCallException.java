package dev.belay.runner.hands;

import java.io.Serial;

/** The call cannot be carried out as it was made; the message tells the model what to change. */
final class BadCallException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    BadCallException(String message) {
        super(message);
    }

    String told() {
        return String.valueOf(getMessage());
    }
}
