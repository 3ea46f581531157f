package dev.belay.controller.dispatch;

import dev.belay.controller.tasks.Microusd;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.bounds.UsualLimits;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.ResumeTask;

/** What a task may use from now on, in all, with what it has used: as a person names it, or as it was. */
record NewLimits(int turns, int seconds, long microusd) {
    /** @throws BelayException E_BAD_REQUEST */
    static void check(ResumeTask wish) {
        if (wish.getMaxTurns() < 0 || wish.getTimeoutSeconds() < 0) {
            throw bad("a limit is negative");
        }
        if (!Microusd.isLimit(wish.getMaxUsd())) {
            throw bad("max_usd is " + Microusd.NO_LIMIT);
        }
    }

    static NewLimits of(TaskRow task, ResumeTask wish) {
        return new NewLimits(
                wish.getMaxTurns() == 0 ? task.maxTurns() : wish.getMaxTurns(),
                wish.getTimeoutSeconds() == 0 ? task.timeoutSeconds() : wish.getTimeoutSeconds(),
                wish.getMaxUsd() == 0 ? task.maxMicrousd() : Microusd.limit(wish.getMaxUsd()));
    }

    boolean areThoseOf(TaskRow task) {
        return equals(new NewLimits(task.maxTurns(), task.timeoutSeconds(), task.maxMicrousd()));
    }

    /**
     * What was used up would be at its limit again at once.
     *
     * @throws BelayException E_CONFLICT
     */
    void leaveSome(TaskRow task, int usedSeconds) {
        int most = UsualLimits.turns(turns);
        if (task.turns() >= most) {
            throw usedUp(
                    task,
                    "has used " + task.turns() + " turns, and " + most + " are its limit",
                    "--max-turns " + (task.turns() + most));
        }
        long time = UsualLimits.time(seconds).toSeconds();
        if (usedSeconds >= time) {
            throw usedUp(
                    task,
                    "has used " + usedSeconds + " s, and " + time + " s are its limit",
                    "--timeout " + (usedSeconds + time) + "s");
        }
        if (microusd > 0 && task.costMicrousd() >= microusd) {
            throw usedUp(
                    task,
                    "has cost " + (task.costUnknown() ? "at least " : "") + "$" + Microusd.words(task.costMicrousd())
                            + ", and $" + Microusd.words(microusd) + " is its limit",
                    "--max-usd " + Microusd.words(task.costMicrousd() + microusd));
        }
    }

    private static BelayException usedUp(TaskRow task, String what, String option) {
        return BelayException.of(
                ErrorCode.E_CONFLICT,
                task.shortId() + " " + what,
                "the controller lets it go on with a limit that leaves some",
                "belay resume " + task.shortId() + " " + option);
    }

    private static BelayException bad(String what) {
        return BelayException.of(
                ErrorCode.E_BAD_REQUEST, what, "the controller refused the request", "send 0 to keep it");
    }
}
