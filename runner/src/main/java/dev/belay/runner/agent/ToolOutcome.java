package dev.belay.runner.agent;

import java.util.OptionalInt;

/**
 * What a tool call came to.
 *
 * @param output what the model is given: exit code first, bounded, control characters removed
 * @param summary one line for people
 * @param outputBytes what the tool printed in all
 */
public record ToolOutcome(
        boolean isError, OptionalInt exitCode, String output, String summary, long outputBytes, boolean timedOut) {

    public static ToolOutcome error(String output, String summary) {
        return new ToolOutcome(true, OptionalInt.empty(), output, summary, 0, false);
    }

    public static ToolOutcome done(String output, String summary) {
        return new ToolOutcome(false, OptionalInt.empty(), output, summary, output.length(), false);
    }

    /** The same with another output. */
    ToolOutcome saying(String other) {
        return new ToolOutcome(isError, exitCode, other, summary, outputBytes, timedOut);
    }
}
