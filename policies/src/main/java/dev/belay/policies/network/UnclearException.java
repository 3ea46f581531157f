package dev.belay.policies.network;

import java.io.Serial;

/** A path that servers read differently. The message is half a sentence about it. */
final class UnclearException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    UnclearException(String why) {
        super(why);
    }
}
