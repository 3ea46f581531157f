package dev.belay.runner.agent;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Optional;

/**
 * One answer of a model. Without calls it is the last one, unless it was cut.
 *
 * @param usage what it took
 * @param own the answer in its provider's own form, which goes back to that provider as it came
 * @param cut it ended at its length limit, and not because all was said
 */
public record Reply(String text, List<ToolCall> calls, Usage usage, Optional<Own> own, boolean cut) {
    public Reply {
        calls = List.copyOf(calls);
    }

    /** One that is nothing but what it says. */
    public Reply(String text, List<ToolCall> calls, Usage usage) {
        this(text, calls, usage, Optional.empty(), false);
    }

    public Reply costing(Usage known) {
        return new Reply(text, calls, known, own, cut);
    }

    /** The same where what stood before it stands there no longer. */
    Reply moved() {
        return new Reply(text, calls, usage, own.map(Own::movedOn), cut);
    }

    /**
     * Reasoning with signatures, and whatever else only its provider can read.
     *
     * @param wire the form: {@code messages}
     * @param model who gave it; another model is not shown it
     * @param moved what stood before it stands there no longer, on which some signatures depend
     */
    public record Own(String wire, String model, Json content, boolean moved) {
        public Own(String wire, String model, Json content) {
            this(wire, model, content, false);
        }

        Own movedOn() {
            return new Own(wire, model, content, true);
        }
    }

    /**
     * @param tokensIn all that the model read, with what a cache held
     * @param tokensOut all that it made, with its reasoning
     * @param cacheRead of {@code tokensIn}: read from a cache
     * @param cacheWrite of {@code tokensIn}: put into a cache
     * @param reasoning of {@code tokensOut}: not shown
     * @param priced whether {@code costUsd} is known
     */
    public record Usage(
            long tokensIn,
            long tokensOut,
            long cacheRead,
            long cacheWrite,
            long reasoning,
            double costUsd,
            boolean priced) {
        public static final Usage NONE = new Usage(0, 0, 0);

        public Usage(long tokensIn, long tokensOut, double costUsd) {
            this(tokensIn, tokensOut, 0, 0, 0, costUsd);
        }

        public Usage(long tokensIn, long tokensOut, long cacheRead, long cacheWrite, long reasoning, double costUsd) {
            this(tokensIn, tokensOut, cacheRead, cacheWrite, reasoning, costUsd, true);
        }

        public Usage plus(Usage other) {
            return new Usage(
                    tokensIn + other.tokensIn,
                    tokensOut + other.tokensOut,
                    cacheRead + other.cacheRead,
                    cacheWrite + other.cacheWrite,
                    reasoning + other.reasoning,
                    costUsd + other.costUsd,
                    priced && other.priced);
        }

        public Usage costing(double usd) {
            return new Usage(tokensIn, tokensOut, cacheRead, cacheWrite, reasoning, usd, true);
        }

        public Usage unpriced() {
            return new Usage(tokensIn, tokensOut, cacheRead, cacheWrite, reasoning, 0, false);
        }
    }
}
