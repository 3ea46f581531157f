package dev.belay.controller.tasks;

import dev.belay.proto.error.ErrorCode.Exit;

/** How an ended task maps to the exit code of {@code belay wait}. */
final class ExitCodes {
    private ExitCodes() {}

    /** @throws IllegalArgumentException when {@code stage} is not terminal */
    static int of(Stage stage, String stopReason) {
        return switch (stage) {
            case SUCCEEDED -> Exit.DONE;
            case CANCELLED -> Exit.FAILED;
            case FAILED -> failed(stopReason);
            case QUEUED, LEASED, PREPARING, RUNNING, WAITING, PAUSED ->
                throw new IllegalArgumentException("not ended: " + stage);
        };
    }

    private static int failed(String stopReason) {
        if (stopReason.startsWith("limit_")
                || stopReason.equals("waiting_budget")
                || stopReason.equals("waiting_doom_loop")) {
            return Exit.LIMIT;
        }
        if (stopReason.startsWith("waiting_")) {
            return Exit.WAITING;
        }
        return switch (stopReason) {
            case "paused" -> Exit.WAITING;
            case "no_key" -> Exit.SIGNED_OUT;
            case "weaker_isolation", "denied" -> Exit.DENIED;
            case "setup", "environment" -> Exit.SETUP;
            default -> Exit.FAILED;
        };
    }
}
