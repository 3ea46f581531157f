package dev.belay.runner.agent;

/**
 * How much a model reads and says at once, in tokens.
 *
 * @param context all that it reads and says with one question
 * @param output the most that one answer may have
 * @param briefed characters that it is told before any conversation
 */
public record Window(long context, int output, long briefed) {
    private static final long MOST_RESERVE = 20_000;
    private static final long MOST_TAIL = 15_000;

    /** Kept free, because tokens are estimated and one more question must fit. */
    public long reserve() {
        return Math.min(Math.min(MOST_RESERVE, output), context / 4);
    }

    /** A conversation as long as this is summarised before the model is asked. */
    public long usable() {
        return Math.max(1, context - output - reserve());
    }

    /** What of the newest answers stays as it is when the others are summarised. */
    public long tail() {
        return Math.min(MOST_TAIL, usable() / 4);
    }

    boolean isHalfFull(long tokens) {
        return tokens > context / 2;
    }

    boolean isFull(long tokens) {
        return tokens >= usable();
    }
}
