package dev.belay.runner.snapshot;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** There is no snapshot: nothing was recorded, and the workspace is as it was. The message says why, for people. */
public final class SnapshotException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public SnapshotException(String why, @Nullable Throwable cause) {
        super(why, cause);
    }

    public SnapshotException(String why) {
        this(why, null);
    }
}
