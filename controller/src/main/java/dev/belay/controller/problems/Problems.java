package dev.belay.controller.problems;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Problem;

/** Errors as the wire's Problem. */
public final class Problems {
    private Problems() {}

    public static Problem of(BelayException error) {
        return of(error, error.code().httpStatus());
    }

    /** For HTTP statuses that say more than the code does: 405, 413, 415. */
    public static Problem of(BelayException error, int status) {
        return Problem.newBuilder()
                .setType("urn:belay:error:" + error.code())
                .setTitle(error.what())
                .setStatus(status)
                .setDetail(error.why())
                .setCode(error.code().name())
                .setWork(error.work())
                .setNext(error.next())
                .setExitCode(error.code().exitCode())
                .build();
    }

    /** What a runner said; one of a newer version may say a code that is none here. */
    public static BelayException told(Problem problem) {
        return BelayException.of(
                ErrorCode.named(problem.getCode()).orElse(ErrorCode.E_INTERNAL),
                problem.getTitle(),
                problem.getDetail(),
                problem.getWork(),
                problem.getNext());
    }

    /** What is Belay's own fault; the log has the rest under this id. */
    public static Problem internal(String id) {
        return of(BelayException.of(
                ErrorCode.E_INTERNAL,
                "the controller failed",
                "this is a defect of Belay; its log has the details under " + id,
                "it is not known what was done",
                "look for " + id + " in the controller's log"));
    }
}
