package dev.belay.controller.events;

import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.ToolReturned;
import dev.belay.proto.v1.Warning;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What becomes of a task whose runner holds it no longer before its end: the queue, unless a person wanted its end or its
 * pause, or it takes its runners with it.
 *
 * <p>Guarantee: a call without a result gets one here that says so, so that no later run takes it for one that was never
 * made, and no log ends in the middle of one.
 */
final class Departure {
    private static final int MOST_LOSSES = 5;
    private static final int MOST_SANDBOXES = 3;

    private Departure() {}

    /** @param runnerSeq of the event by which the runner gave the task back; 0 when it said nothing */
    static void decide(TaskEdit task, Parting how, String reason, String detail, long runnerSeq, Instant now) {
        TaskRow before = task.before();
        Optional<Event> open = Calls.open(task);
        open.ifPresent(call -> task.append(interrupted(task, call, reason, detail, now), 0, now));
        Calls.unkept(task).ifPresent(result -> task.append(notKept(task, result, now), 0, now));
        if (before.cancelRequestedAt() != null) {
            append(task, Stage.CANCELLED, "cancelled", cancelled(before, detail), runnerSeq, now);
            return;
        }
        Parting parting = how == Parting.LOST && before.stage() == Stage.LEASED ? Parting.UNANSWERED : how;
        if (parting == Parting.LOST) {
            boolean first = Calls.inEpoch(task) == (open.isPresent() ? 1 : 0);
            boolean again = open.isPresent() && first && task.diedInCall;
            task.losses = first ? task.losses + 1 : 1;
            task.diedInCall = open.isPresent();
            if (again) {
                append(task, Stage.FAILED, "quarantined", detail + quarantined(task), runnerSeq, now);
                return;
            }
            if (task.losses > MOST_LOSSES) {
                append(task, Stage.FAILED, "runner_lost", detail + givenUp(task), runnerSeq, now);
                return;
            }
            task.notBefore = pause(task.losses);
        }
        if (parting == Parting.SANDBOX_LOST) {
            // The call that it ended in has its result from the runner, and was begun in this epoch.
            task.losses = Calls.inEpoch(task) <= 1 ? task.losses + 1 : 1;
            task.diedInCall = false;
            if (task.losses >= MOST_SANDBOXES) {
                append(task, Stage.FAILED, "sandbox_failed", detail + noSandboxStands(task), runnerSeq, now);
                return;
            }
            task.notBefore = pause(task.losses);
        }
        task.parting = parting;
        if (task.pauseWanted) {
            append(task, Stage.PAUSED, "paused", paused(task, reason, detail), runnerSeq, now);
            return;
        }
        append(task, Stage.QUEUED, reason, detail + onwards(task), runnerSeq, now);
    }

    /** The end of a task that its runner holds, decided by the controller. */
    static void end(TaskEdit task, String reason, String detail, Instant now) {
        Calls.open(task).ifPresent(call -> task.append(interrupted(task, call, reason, detail, now), 0, now));
        append(task, Stage.FAILED, reason, detail + "." + safe(task), 0, now);
    }

    private static void append(TaskEdit task, Stage to, String reason, String detail, long runnerSeq, Instant now) {
        task.decided(
                TaskStateChanged.newBuilder()
                        .setTo(to.shown())
                        .setStopReason(reason)
                        .setDetail(detail)
                        .build(),
                to,
                runnerSeq,
                now);
    }

    private static Event interrupted(TaskEdit task, Event call, String reason, String detail, Instant now) {
        return Event.newBuilder()
                .setActor("controller")
                .setAt(TaskView.time(now))
                .setTurn(call.getTurn())
                .setStep(call.getStep())
                .setToolResult(ToolReturned.newBuilder()
                        .setCallId(call.getToolCall().getCallId())
                        .setTool(call.getToolCall().getTool())
                        .setIsError(true)
                        .setInterrupted(reason.replace('_', ' '))
                        .setSummary("interrupted: " + reason.replace('_', ' '))
                        .setOutput("The call was interrupted and has no result: " + detail
                                + ". It may have done a part of its work outside of the project's files. The files are "
                                + filesOf(task) + ", without anything that this call did to them."))
                .build();
    }

    private static Event notKept(TaskEdit task, Event result, Instant now) {
        return Event.newBuilder()
                .setActor("controller")
                .setAt(TaskView.time(now))
                .setTurn(result.getTurn())
                .setStep(result.getStep())
                .setWarning(Warning.newBuilder()
                        .setCode("W_NOT_KEPT")
                        .setText(
                                "s" + result.getStep() + " came back, but what it did was lost before its snapshot; the"
                                        + " files are " + filesOf(task) + ", without it, and the model is told so"))
                .build();
    }

    private static String filesOf(TaskEdit task) {
        return task.headStep == null ? "as the project was sent" : "as snapshot s" + task.headStep + " has them";
    }

    private static String cancelled(TaskRow task, String detail) {
        return "cancelled by " + task.cancelActor() + "; " + detail;
    }

    private static String paused(TaskEdit task, String reason, String detail) {
        return "paused by " + task.pauseActor + (reason.equals("paused") ? "" : "; " + detail) + onwards(task);
    }

    private static String quarantined(TaskEdit task) {
        return "; that is the second runner in a row that was lost in this task's first call, so it is given to no third."
                + safe(task);
    }

    private static String givenUp(TaskEdit task) {
        return "; that is the " + task.losses
                + "th runner or sandbox in a row that was lost before the task had done a step." + safe(task);
    }

    private static String noSandboxStands(TaskEdit task) {
        return "; that is the " + (task.losses == MOST_SANDBOXES ? "third" : task.losses + "th")
                + " sandbox or runner in a row that was lost before the task had done a step." + safe(task);
    }

    private static String safe(TaskEdit task) {
        return task.lastSnapshot == null
                ? " It had taken no snapshot yet"
                : " Everything up to s" + task.lastSnapshot + " is safe at the controller";
    }

    private static String onwards(TaskEdit task) {
        return task.headStep == null ? "; it begins again" : "; it goes on from s" + task.headStep;
    }

    /** So that a task which takes its runners with it does not take the whole fleet at once. */
    private static Duration pause(int losses) {
        return switch (losses) {
            case 1 -> Duration.ZERO;
            case 2 -> Duration.ofSeconds(2);
            case 3 -> Duration.ofSeconds(5);
            case 4 -> Duration.ofSeconds(15);
            default -> Duration.ofSeconds(30);
        };
    }
}
