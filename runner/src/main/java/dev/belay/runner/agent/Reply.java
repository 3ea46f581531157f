package dev.belay.runner.agent;

import java.util.List;

/** One answer of a model. Without calls it is the last one. */
public record Reply(String text, List<ToolCall> calls, Usage usage) {
    public Reply {
        calls = List.copyOf(calls);
    }

    public record Usage(long tokensIn, long tokensOut, double costUsd) {
        public static final Usage NONE = new Usage(0, 0, 0);
    }
}
