package dev.belay.controller.events;

/** How a runner and a task part before the task's end. */
public enum Parting {
    /** The runner had no place for it. */
    REJECTED,
    /** The runner did not say in time that it took it. */
    UNANSWERED,
    /** The runner gave it back in good order. */
    RETURNED,
    /** The sandbox ended under the task, or could not be started. */
    SANDBOX_LOST,
    /** The runner died, or was not heard of for the time of a lease. */
    LOST
}
