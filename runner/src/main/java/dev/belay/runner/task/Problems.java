package dev.belay.runner.task;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Problem;

/** The one place where the runner's failures become problems on the wire. */
public final class Problems {
    private Problems() {}

    public static Problem of(Throwable failure) {
        if (failure instanceof BelayException named) {
            return problem(named.code(), named.what(), named.why(), named.work(), named.next());
        }
        String message = failure.getMessage();
        return problem(
                ErrorCode.E_INTERNAL,
                "the runner failed",
                "runner: " + failure.getClass().getSimpleName() + (message == null ? "" : ": " + message),
                "what was recorded is safe",
                "belay show TASK");
    }

    private static Problem problem(ErrorCode code, String what, String why, String work, String next) {
        return Problem.newBuilder()
                .setType("about:blank")
                .setTitle(what)
                .setStatus(code.httpStatus())
                .setDetail(why)
                .setCode(code.name())
                .setWork(work)
                .setNext(next)
                .setExitCode(code.exitCode())
                .build();
    }
}
