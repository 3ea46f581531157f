package dev.belay.runner.agent;

/**
 * How a run of the loop ended.
 *
 * @param stopReason a stable word: {@code done}, {@code limit_turns}, {@code script_ended}, …
 * @param detail one sentence for people
 */
public record Ending(Kind kind, String stopReason, String detail) {
    /** What it means for the task. */
    public enum Kind {
        DONE,
        /** It could go on, if a person lets it. */
        AT_LIMIT,
        FAILED,
        /** Another sandbox can go on with it. */
        SANDBOX_LOST
    }

    static Ending done(String lastWords) {
        return new Ending(Kind.DONE, "done", lastWords);
    }

    static Ending atLimit(String stopReason, String detail) {
        return new Ending(Kind.AT_LIMIT, stopReason, detail);
    }

    static Ending sandboxLost(String detail) {
        return new Ending(Kind.SANDBOX_LOST, "sandbox_lost", detail);
    }

    public static Ending failed(String stopReason, String detail) {
        return new Ending(Kind.FAILED, stopReason, detail);
    }
}
