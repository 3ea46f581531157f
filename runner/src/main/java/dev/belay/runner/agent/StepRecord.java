package dev.belay.runner.agent;

import java.time.Duration;
import java.util.List;

/** What the loop tells of itself, and where it lets others in. Every method returns when what it was told is recorded. */
public interface StepRecord {
    /**
     * Called before the model is asked. Throws when this run may ask it no more.
     *
     * @return what people said since the turn before, recorded as given to the model with this one
     */
    List<String> turnStarted(int turn, String model) throws InterruptedException;

    /** Whether people said something that no turn has begun with. */
    boolean isSpokenTo();

    /** What the model has to be told with its next turn: how people moved the files since its last one. Each is given once. */
    List<String> untold();

    /** The same of something that is neither a person's word nor a result. */
    void tell(String note);

    /** Belay tells the model this beside the results of its calls, from here on. */
    void noted(int turn, String note);

    /** Whether {@link #untold} has something. */
    boolean hasUntold();

    /** Whether the project's files differ from what the task began with, as of the last snapshot. */
    boolean changed();

    /** The next piece of an answer that is on its way, for who looks on. It is recorded with the whole, and not before. */
    void saying(int turn, String piece);

    /** What was said of the answer so far does not count: the model is asked once more. */
    void askedAgain(int turn, String why);

    /** From here on the model is shown less. Called before it is asked so. */
    void pruned(int turn, Pruned pruned);

    /** Called before the model is asked with the summary. Throws when this run may ask it no more. */
    void compacted(int turn, Compacted compacted) throws InterruptedException;

    void answered(int turn, Reply reply);

    void turnEnded(int turn, Reply.Usage usage);

    /**
     * Called before every step, with no tool running: what people asked for meanwhile happens here.
     *
     * @return the number of the step that may now begin
     */
    int nextStep(int turn) throws InterruptedException;

    /**
     * Called before the call is made. Throws when this run may make none any more.
     *
     * @param reason what the model said before the call
     */
    void called(int turn, int step, ToolCall call, String summary, String reason) throws InterruptedException;

    void returned(int turn, int step, ToolCall call, ToolOutcome outcome, Duration took);

    /**
     * Takes the snapshot of a step that has ended.
     *
     * @return the tree of the project's files, or empty when that is not known
     */
    String snapshot(int turn, int step, ToolCall call) throws NoSnapshotException, InterruptedException;

    /**
     * @param answers whose results are no longer shown, counted from the conversation's first
     * @param results that were shown until now
     * @param tokens that the model reads less, about
     */
    record Pruned(int answers, int results, long tokens) {}

    /**
     * @param answers that the summary stands for, counted from the conversation's first
     * @param before tokens that the model read, about
     * @param after tokens that it reads now, about
     */
    record Compacted(int answers, String summary, long before, long after) {}

    /** The state after a step could not be recorded; without it the task must not go on. */
    final class NoSnapshotException extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        public NoSnapshotException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
