package dev.belay.runner.agent;

import java.time.Duration;

/** What the loop tells of itself, and where it lets others in. Every method returns when what it was told is recorded. */
public interface StepRecord {
    void turnStarted(int turn, String model);

    void said(int turn, String text);

    void turnEnded(int turn, Reply.Usage usage);

    /**
     * Called before every step, with no tool running: what people asked for meanwhile happens here.
     *
     * @return the number of the step that may now begin
     */
    int nextStep(int turn) throws InterruptedException;

    /** @param reason what the model said before the call */
    void called(int turn, int step, ToolCall call, String summary, String reason);

    void returned(int turn, int step, ToolCall call, ToolOutcome outcome, Duration took);

    /** Takes the snapshot of a step that has ended. */
    void snapshot(int turn, int step, ToolCall call) throws NoSnapshotException, InterruptedException;

    /** The state after a step could not be recorded; without it the task must not go on. */
    final class NoSnapshotException extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        public NoSnapshotException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
