package dev.belay.runner.task;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.WaitingFor;
import dev.belay.runner.agent.Ending;
import dev.belay.runner.sandbox.SandboxException;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Why a run is over, and what the task is then.
 *
 * @param stopReason a stable word
 * @param detail one sentence for people
 * @param keeps whether the state after a call that was at work is still worth a snapshot
 * @param discards whether the files on this runner have to make place
 */
record Stop(TaskState state, String stopReason, String detail, boolean keeps, boolean discards) {
    private static final String SANDBOX_LOST = "sandbox_lost";

    private static Stop to(TaskState state, String stopReason, String detail) {
        return new Stop(state, stopReason, detail, true, false);
    }

    static Stop cancelled(String reason) {
        return to(TaskState.TASK_STATE_CANCELLED, "cancelled", reason);
    }

    static Stop paused(String reason) {
        return to(TaskState.TASK_STATE_PAUSED, "paused", reason);
    }

    static Stop failed(String stopReason, String detail) {
        return to(TaskState.TASK_STATE_FAILED, stopReason, detail);
    }

    static Stop outOfTime(Duration limit) {
        return to(
                TaskState.TASK_STATE_WAITING, "limit_time", "the task used its " + words(limit) + "; its work is safe");
    }

    static Stop withRunner() {
        return to(TaskState.TASK_STATE_QUEUED, "runner_stopped", "its runner was stopped");
    }

    /** The task may be another's by now, so nothing of it is kept here. */
    static Stop fenced() {
        return new Stop(
                TaskState.TASK_STATE_QUEUED,
                "fenced",
                "its runner could not reach the controller and ended its sandbox, because the task may be another's by"
                        + " now",
                false,
                false);
    }

    /** Its files take so much of the runner's disk that others cannot go on: what was not kept of them is given up. */
    static Stop fillsDisk(String detail) {
        return new Stop(TaskState.TASK_STATE_FAILED, "limit_disk", detail, false, true);
    }

    /** The runner's disk is full, and not by this task: another runner, or this one later, goes on with it. */
    static Stop diskFull(String detail) {
        return to(TaskState.TASK_STATE_QUEUED, "runner_disk_full", detail);
    }

    static Stop of(Ending ending) {
        return to(
                switch (ending.kind()) {
                    case DONE -> TaskState.TASK_STATE_SUCCEEDED;
                    case AT_LIMIT -> TaskState.TASK_STATE_WAITING;
                    case FAILED -> TaskState.TASK_STATE_FAILED;
                    case SANDBOX_LOST -> TaskState.TASK_STATE_QUEUED;
                },
                ending.stopReason(),
                ending.detail());
    }

    /** A sandbox that cannot be started may be another runner's to start; every other failure would come again. */
    static Stop of(Exception failure) {
        return switch (failure) {
            case BelayException named ->
                failed(named.code().name().substring(2).toLowerCase(Locale.ROOT), words(named));
            case SandboxException notStarted -> to(TaskState.TASK_STATE_QUEUED, SANDBOX_LOST, words(notStarted));
            case IOException io -> failed("workspace_failed", words(io));
            default -> failed("runner_error", words(failure));
        };
    }

    /** Whether it is the end that the work's check, if there was one, has led to. */
    boolean isJudged() {
        return state == TaskState.TASK_STATE_SUCCEEDED || stopReason.equals(Ending.CHECK_FAILED);
    }

    TaskStateChanged told() {
        TaskStateChanged.Builder change = TaskStateChanged.newBuilder()
                .setFrom(TaskState.TASK_STATE_RUNNING)
                .setTo(state)
                .setStopReason(stopReason)
                .setDetail(detail);
        if (state == TaskState.TASK_STATE_WAITING) {
            change.setWaitingFor(
                    stopReason.equals("doom_loop") ? WaitingFor.WAITING_FOR_DOOM_LOOP : WaitingFor.WAITING_FOR_BUDGET);
        }
        return change.build();
    }

    private static String words(Exception failure) {
        if (failure instanceof BelayException named) {
            return named.what()
                    + (named.why().isEmpty() ? "" : " (" + named.why() + ")")
                    + (named.next().isEmpty() ? "" : ". Try: " + named.next());
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    static String words(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
