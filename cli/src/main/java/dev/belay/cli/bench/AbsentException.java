package dev.belay.cli.bench;

import java.io.IOException;

/** This machine has not what a row is about, or not what it is compared with. The bench is not at fault, and nor is Belay. */
final class AbsentException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    AbsentException(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
