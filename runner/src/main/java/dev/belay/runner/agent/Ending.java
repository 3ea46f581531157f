package dev.belay.runner.agent;

/**
 * How a run of the loop ended.
 *
 * @param stopReason a stable word: {@code done}, {@code limit_turns}, {@code script_ended}, …
 * @param detail one sentence for people
 */
public record Ending(Kind kind, String stopReason, String detail) {
    public static final String CHECK_FAILED = "check_failed";

    private static final int LAST_WORDS = 16 << 10;

    /** What it means for the task. */
    public enum Kind {
        DONE,
        /** It could go on, if a person lets it. */
        AT_LIMIT,
        FAILED,
        /** Another sandbox can go on with it. */
        SANDBOX_LOST
    }

    /** The last words are in the log, whole; here they are for people. */
    static Ending done(String lastWords) {
        boolean fits = lastWords.length() <= LAST_WORDS;
        return new Ending(Kind.DONE, "done", fits ? lastWords : lastWords.substring(0, LAST_WORDS) + "…");
    }

    static Ending atLimit(String stopReason, String detail) {
        return new Ending(Kind.AT_LIMIT, stopReason, detail);
    }

    static Ending inACircle(String call, String result) {
        return new Ending(
                Kind.AT_LIMIT,
                "doom_loop",
                "the model went in a circle, and no file changed: the last call was \"%s\", with the result \"%s\"; its work is safe"
                        .formatted(call, result));
    }

    static Ending checkFailed(Proof.Result result) {
        String how =
                result.exitCode().isPresent() ? " (exit " + result.exitCode().getAsInt() + ")" : "";
        return failed(
                CHECK_FAILED,
                "the model says that it is done, and `%s`%s fails after its last change%s, as s%d shows; its work is kept:"
                                .formatted(
                                        result.check().command(),
                                        result.check().detected()
                                                ? " (found in the project; run takes --check and --no-check)"
                                                : "",
                                        how,
                                        result.step())
                        + " belay diff shows it, belay fork goes on from it");
    }

    static Ending sandboxLost(String detail) {
        return new Ending(Kind.SANDBOX_LOST, "sandbox_lost", detail);
    }

    public static Ending failed(String stopReason, String detail) {
        return new Ending(Kind.FAILED, stopReason, detail);
    }
}
