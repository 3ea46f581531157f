package dev.belay.cli.demo;

import java.io.Serial;

/** Something that the tour shows is not as it says. */
final class TourFailed extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    TourFailed(String what) {
        super(what);
    }
}
