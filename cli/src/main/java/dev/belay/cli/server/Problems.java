package dev.belay.cli.server;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;

/** The controller's problem documents as errors of this client. */
public final class Problems {
    private Problems() {}

    public static BelayException of(Json problem, int status, String server) {
        ErrorCode code = ErrorCode.named(problem.text("code")).orElseGet(() -> byStatus(status));
        String title = problem.text("title");
        String newer = ErrorCode.named(problem.text("code")).isPresent()
                        || problem.text("code").isEmpty()
                ? ""
                : problem.text("code") + ": ";
        String work = problem.text("work");
        return BelayException.of(
                code,
                title.isEmpty() ? server + " answered " + status : newer + title,
                problem.text("detail").isEmpty() ? "(layer: controller)" : problem.text("detail"),
                work.isEmpty() ? "not known" : work,
                problem.text("next"));
    }

    private static ErrorCode byStatus(int status) {
        return switch (status) {
            case 400, 413, 415, 422 -> ErrorCode.E_BAD_REQUEST;
            case 401 -> ErrorCode.E_SIGNED_OUT;
            case 403 -> ErrorCode.E_FORBIDDEN;
            case 404, 405 -> ErrorCode.E_NOT_FOUND;
            case 409 -> ErrorCode.E_CONFLICT;
            case 429 -> ErrorCode.E_OVERLOADED;
            case 502, 503, 504 -> ErrorCode.E_UNREACHABLE;
            case 505 -> ErrorCode.E_SERVER_VERSION;
            default -> ErrorCode.E_INTERNAL;
        };
    }
}
