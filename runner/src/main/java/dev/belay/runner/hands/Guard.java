package dev.belay.runner.hands;

import java.util.Optional;

/**
 * Asked before a call is carried out. It makes rules felt early and in words; what holds is the sandbox, the gateway and
 * the delivery, whatever a call was said to be about.
 */
@FunctionalInterface
public interface Guard {
    Guard NONE = intent -> Optional.empty();

    /** What the model is told in place of a result; empty when the call may be made. */
    Optional<String> refuses(Intent intent);

    /** Whether a search leaves this file out, without a word about it; the path is absolute, inside the sandbox. */
    default boolean hides(String path) {
        return false;
    }

    /** Whether there is anything that {@link #hides} could be true of. */
    default boolean hidesAny() {
        return false;
    }
}
