package dev.belay.proto.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A named error: what happened, why with the layer that decided, the state of the person's work, and the next command.
 * Wherever it surfaces it is printed in this shape.
 */
public final class BelayException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The state of the work when nothing was begun. */
    public static final String NOTHING_CHANGED = "nothing was changed";

    private final ErrorCode code;
    private final String why;
    private final String work;
    private final String next;

    private BelayException(
            ErrorCode code, String what, String why, String work, String next, @Nullable Throwable cause) {
        super(what, cause);
        this.code = code;
        this.why = why;
        this.work = work;
        this.next = next;
    }

    /** An error that left everything as it was. */
    public static BelayException of(ErrorCode code, String what, String why, String next) {
        return new BelayException(code, what, why, NOTHING_CHANGED, next, null);
    }

    public static BelayException of(ErrorCode code, String what, String why, String work, String next) {
        return new BelayException(code, what, why, work, next, null);
    }

    public BelayException causedBy(Throwable cause) {
        return new BelayException(code, what(), why, work, next, cause);
    }

    public ErrorCode code() {
        return code;
    }

    /** What happened, in one clause. */
    public String what() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }

    /** Why, naming the layer; may be empty. */
    public String why() {
        return why;
    }

    /** What became of the person's work. */
    public String work() {
        return work;
    }

    /** The command to type next; may be empty. */
    public String next() {
        return next;
    }
}
