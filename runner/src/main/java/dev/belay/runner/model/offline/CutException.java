package dev.belay.runner.model.offline;

import java.io.IOException;
import java.io.Serial;

/** The answer ends here, as it was planned, and the connection with it. */
final class CutException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;
}
