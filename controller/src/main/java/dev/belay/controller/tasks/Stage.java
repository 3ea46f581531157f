package dev.belay.controller.tasks;

import dev.belay.proto.v1.TaskState;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Where a task stands, as stored. People see {@link #shown()}; {@link #mayBecome} is the one table of transitions. */
public enum Stage {
    QUEUED(TaskState.TASK_STATE_QUEUED),
    /** Given to a runner that has not answered yet. */
    LEASED(TaskState.TASK_STATE_PREPARING),
    PREPARING(TaskState.TASK_STATE_PREPARING),
    RUNNING(TaskState.TASK_STATE_RUNNING),
    /** For a person; no runner holds it, and none will before somebody resumes it. */
    WAITING(TaskState.TASK_STATE_WAITING),
    /** By a person; like WAITING. */
    PAUSED(TaskState.TASK_STATE_PAUSED),
    SUCCEEDED(TaskState.TASK_STATE_SUCCEEDED),
    FAILED(TaskState.TASK_STATE_FAILED),
    CANCELLED(TaskState.TASK_STATE_CANCELLED);

    /** For SQL: the stages in which a runner holds the task. */
    public static final String LIVE = "('leased', 'preparing', 'running')";

    private final TaskState shown;

    Stage(TaskState shown) {
        this.shown = shown;
    }

    public TaskState shown() {
        return shown;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Stage of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** What a runner means by {@code state}; nothing when that is not for a runner to say. */
    public static Optional<Stage> reported(TaskState state) {
        return switch (state) {
            case TASK_STATE_PREPARING -> Optional.of(PREPARING);
            case TASK_STATE_RUNNING -> Optional.of(RUNNING);
            case TASK_STATE_WAITING -> Optional.of(WAITING);
            case TASK_STATE_PAUSED -> Optional.of(PAUSED);
            case TASK_STATE_SUCCEEDED -> Optional.of(SUCCEEDED);
            case TASK_STATE_FAILED -> Optional.of(FAILED);
            case TASK_STATE_CANCELLED -> Optional.of(CANCELLED);
            case TASK_STATE_QUEUED -> Optional.of(QUEUED);
            case TASK_STATE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    public boolean terminal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    /** Whether a runner holds the task. */
    public boolean live() {
        return this == LEASED || this == PREPARING || this == RUNNING;
    }

    /** Whether it stands until somebody lets it go on. */
    public boolean parked() {
        return this == WAITING || this == PAUSED;
    }

    /** Whether nobody works in its files, and nobody will by himself. */
    public boolean atRest() {
        return parked() || terminal();
    }

    /** Staying is allowed while not terminal: a runner may say again where it stands. */
    public boolean mayBecome(Stage next) {
        return next == this ? !terminal() : successors().contains(next);
    }

    private Set<Stage> successors() {
        return switch (this) {
            case QUEUED -> EnumSet.of(LEASED, PAUSED, FAILED, CANCELLED);
            case LEASED -> EnumSet.of(QUEUED, PREPARING, RUNNING, PAUSED, FAILED, CANCELLED);
            case PREPARING -> EnumSet.of(QUEUED, RUNNING, WAITING, PAUSED, FAILED, CANCELLED);
            case RUNNING -> EnumSet.of(QUEUED, WAITING, PAUSED, SUCCEEDED, FAILED, CANCELLED);
            case WAITING, PAUSED -> EnumSet.of(QUEUED, FAILED, CANCELLED);
            case SUCCEEDED, FAILED, CANCELLED -> EnumSet.noneOf(Stage.class);
        };
    }
}
