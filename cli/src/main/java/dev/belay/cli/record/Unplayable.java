package dev.belay.cli.record;

import java.io.Serial;

/** Why a script cannot do what the model did. */
final class Unplayable extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    Unplayable(String why) {
        super(why);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
