package dev.belay.proto.error;

import java.util.Optional;

/**
 * Every error a person can meet. The name is stable and printed; the rest is its one mapping to the three ways an error
 * travels: the exit code of the CLI, the HTTP status, and the number of gRPC's status.
 */
public enum ErrorCode {
    E_USAGE(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_SCRIPT(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_UNKNOWN_MODEL(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_UNKNOWN_MODE(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_POLICY(Exit.USAGE, 422, Grpc.INVALID_ARGUMENT),
    E_ENVIRONMENT(Exit.USAGE, 422, Grpc.INVALID_ARGUMENT),
    E_NO_PROMPT(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_BAD_PROJECT(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_BARE_REPOSITORY(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_FILE_TOO_LARGE(Exit.USAGE, 413, Grpc.INVALID_ARGUMENT),
    E_TOO_MANY_FILES(Exit.USAGE, 413, Grpc.INVALID_ARGUMENT),
    E_TOO_LARGE(Exit.USAGE, 413, Grpc.INVALID_ARGUMENT),
    E_PACK_REFUSED(Exit.USAGE, 422, Grpc.INVALID_ARGUMENT),
    E_BAD_REQUEST(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_IDEMPOTENCY_CONFLICT(Exit.USAGE, 409, Grpc.ALREADY_EXISTS),
    E_JDK_TOO_OLD(Exit.USAGE, 500, Grpc.FAILED_PRECONDITION),
    E_NOT_INTERACTIVE(Exit.USAGE, 400, Grpc.INVALID_ARGUMENT),
    E_SIGNED_OUT(Exit.SIGNED_OUT, 401, Grpc.UNAUTHENTICATED),
    E_NO_KEY(Exit.SIGNED_OUT, 424, Grpc.FAILED_PRECONDITION),
    E_FORBIDDEN(Exit.DENIED, 403, Grpc.PERMISSION_DENIED),
    E_POLICY_NOT_ACCEPTED(Exit.DENIED, 403, Grpc.FAILED_PRECONDITION),
    E_NOT_ENFORCED(Exit.DENIED, 403, Grpc.FAILED_PRECONDITION),
    E_DENIED(Exit.DENIED, 403, Grpc.PERMISSION_DENIED),
    E_PROTECTED(Exit.DENIED, 403, Grpc.FAILED_PRECONDITION),
    E_WEAKER_ISOLATION(Exit.DENIED, 403, Grpc.FAILED_PRECONDITION),
    E_CONFLICT(Exit.CONFLICT, 409, Grpc.ABORTED),
    E_BASE_MOVED(Exit.CONFLICT, 409, Grpc.ABORTED),
    E_HEAD_MOVED(Exit.CONFLICT, 409, Grpc.ABORTED),
    E_NOTHING_TO_UNDO(Exit.CONFLICT, 409, Grpc.FAILED_PRECONDITION),
    E_NOTHING_TO_REDO(Exit.CONFLICT, 409, Grpc.FAILED_PRECONDITION),
    E_NOTHING_TO_REVERT(Exit.CONFLICT, 409, Grpc.FAILED_PRECONDITION),
    E_TASK_ENDED(Exit.CONFLICT, 409, Grpc.FAILED_PRECONDITION),
    E_BUSY(Exit.CONFLICT, 409, Grpc.FAILED_PRECONDITION),
    E_NO_SUCH_TASK(Exit.NOT_FOUND, 404, Grpc.NOT_FOUND),
    E_AMBIGUOUS_TASK(Exit.NOT_FOUND, 404, Grpc.NOT_FOUND),
    E_NO_SUCH_SNAPSHOT(Exit.NOT_FOUND, 404, Grpc.NOT_FOUND),
    E_NO_SUCH_PROJECT(Exit.NOT_FOUND, 404, Grpc.NOT_FOUND),
    E_NO_SUCH_PACK(Exit.NOT_FOUND, 404, Grpc.NOT_FOUND),
    E_NOT_FOUND(Exit.NOT_FOUND, 404, Grpc.NOT_FOUND),
    E_UNREACHABLE(Exit.UNREACHABLE, 503, Grpc.UNAVAILABLE),
    E_PORT_IN_USE(Exit.UNREACHABLE, 503, Grpc.UNAVAILABLE),
    E_SERVER_VERSION(Exit.UNREACHABLE, 505, Grpc.FAILED_PRECONDITION),
    E_NO_RUNNER(Exit.UNREACHABLE, 503, Grpc.UNAVAILABLE),
    E_ELSEWHERE(Exit.UNREACHABLE, 421, Grpc.UNAVAILABLE),
    E_OVERLOADED(Exit.UNREACHABLE, 503, Grpc.RESOURCE_EXHAUSTED),
    E_QUEUE_FULL(Exit.LIMIT, 429, Grpc.RESOURCE_EXHAUSTED),
    E_TOO_MANY_WATCHERS(Exit.LIMIT, 429, Grpc.RESOURCE_EXHAUSTED),
    E_DISK_FULL(Exit.UNREACHABLE, 507, Grpc.RESOURCE_EXHAUSTED),
    E_STALE_EPOCH(Exit.FAILED, 409, Grpc.FAILED_PRECONDITION),
    E_NO_USER_NAMESPACES(Exit.FAILED, 500, Grpc.FAILED_PRECONDITION),
    E_NO_BUBBLEWRAP(Exit.FAILED, 500, Grpc.FAILED_PRECONDITION),
    E_SANDBOX(Exit.FAILED, 500, Grpc.INTERNAL),
    E_SNAPSHOT(Exit.FAILED, 500, Grpc.INTERNAL),
    E_ROLLBACK_INCOMPLETE(Exit.FAILED, 500, Grpc.INTERNAL),
    E_TASK_FAILED(Exit.FAILED, 500, Grpc.INTERNAL),
    E_TASK_CANCELLED(Exit.FAILED, 500, Grpc.CANCELLED),
    E_SETUP(Exit.SETUP, 500, Grpc.INTERNAL),
    E_TIMEOUT(Exit.TIMEOUT, 504, Grpc.DEADLINE_EXCEEDED),
    E_INTERNAL(Exit.FAILED, 500, Grpc.INTERNAL);

    private final int exitCode;
    private final int httpStatus;
    private final int grpcStatus;

    ErrorCode(int exitCode, int httpStatus, int grpcStatus) {
        this.exitCode = exitCode;
        this.httpStatus = httpStatus;
        this.grpcStatus = grpcStatus;
    }

    public int exitCode() {
        return exitCode;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public int grpcStatus() {
        return grpcStatus;
    }

    /** A code of a newer server is unknown here; the caller falls back on the HTTP status. */
    public static Optional<ErrorCode> named(String name) {
        for (ErrorCode code : values()) {
            if (code.name().equals(name)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    /** The exit codes of DESIGN section 5; `belay help exit-codes` prints them. */
    public static final class Exit {
        public static final int DONE = 0;
        public static final int FAILED = 1;
        public static final int USAGE = 2;
        public static final int LIMIT = 3;
        public static final int SIGNED_OUT = 4;
        public static final int WAITING = 5;
        public static final int DENIED = 6;
        public static final int CONFLICT = 7;
        public static final int NOT_FOUND = 8;
        public static final int UNREACHABLE = 9;
        public static final int SETUP = 10;
        public static final int TIMEOUT = 124;
        public static final int EXEC_FAILED = 125;
        public static final int DETACHED = 130;

        private Exit() {}
    }

    /** gRPC's numbers, so that this enum needs no gRPC on the class path of the CLI. */
    private static final class Grpc {
        static final int CANCELLED = 1;
        static final int INVALID_ARGUMENT = 3;
        static final int DEADLINE_EXCEEDED = 4;
        static final int NOT_FOUND = 5;
        static final int ALREADY_EXISTS = 6;
        static final int PERMISSION_DENIED = 7;
        static final int RESOURCE_EXHAUSTED = 8;
        static final int FAILED_PRECONDITION = 9;
        static final int ABORTED = 10;
        static final int INTERNAL = 13;
        static final int UNAVAILABLE = 14;
        static final int UNAUTHENTICATED = 16;

        private Grpc() {}
    }
}
