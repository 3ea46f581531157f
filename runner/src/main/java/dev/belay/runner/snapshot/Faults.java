package dev.belay.runner.snapshot;

import java.io.IOException;

/** The places where a test lets this package fail or die. */
public interface Faults {
    Faults NONE = point -> {};

    void reach(String point) throws IOException;
}
