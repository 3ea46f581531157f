package dev.belay.runner.gateway;

import java.io.IOException;

/** The task has used up its bytes. */
final class SpentException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Egress.Denial denial;

    SpentException(Egress.Denial denial) {
        super(denial.reason());
        this.denial = denial;
    }

    Egress.Denial denial() {
        return denial;
    }
}
