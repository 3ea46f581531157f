package dev.belay.controller.tasks;

/** Why a queued task has not been given to a runner. */
public record QueueReason(String reason, String detail) {
    /** Answers for a task as it stands now. */
    @FunctionalInterface
    public interface Source {
        QueueReason of(TaskRow task);
    }
}
