package dev.belay.controller.dispatch;

import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.heads.OneAtATime;
import dev.belay.controller.rights.PolicyAdmission;
import dev.belay.controller.rights.TaskPolicies;
import dev.belay.controller.runners.Commands;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.runners.Wakeup;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.ResumeTask;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;

/**
 * A person's wish that a task stands, and that it goes on. What no runner works on stands at once; a runner that works
 * gives the task back when its present call has ended, or at once when it is to be now. A task that stands, by a person or
 * at a limit, is held by nobody and takes no place; it goes on from its last snapshot, like one whose runner was lost.
 */
@Singleton
public final class Pausing {
    private final Jdbi jdbi;
    private final TaskQueries tasks;
    private final TaskPolicies policies;
    private final Wishes wishes;
    private final Assignments assignments;
    private final Commands commands;
    private final OneAtATime turns;
    private final Fleet fleet;
    private final Feed feed;
    private final Wakeup wakeup;
    private final Clock clock;

    public Pausing(
            Jdbi jdbi,
            TaskQueries tasks,
            TaskPolicies policies,
            Wishes wishes,
            Assignments assignments,
            Commands commands,
            OneAtATime turns,
            Fleet fleet,
            Feed feed,
            Wakeup wakeup,
            Clock clock) {
        this.jdbi = jdbi;
        this.tasks = tasks;
        this.policies = policies;
        this.wishes = wishes;
        this.assignments = assignments;
        this.commands = commands;
        this.turns = turns;
        this.fleet = fleet;
        this.feed = feed;
        this.wakeup = wakeup;
        this.clock = clock;
    }

    /** Asking twice is asking once; a task that stands already stays as it is. */
    public TaskRow pause(Caller caller, String given, boolean now) {
        TaskRow named = tasks.named(caller, given);
        TaskRow before = jdbi.inTransaction(handle -> {
            TaskEdit edit =
                    TaskEdit.lock(handle, caller.tenant(), named.id()).orElseThrow(() -> TaskQueries.noSuchTask(given));
            switch (edit.stage()) {
                case QUEUED, LEASED -> {
                    edit.change(Stage.PAUSED, "paused", "paused by " + caller.actor(), clock.instant());
                    edit.save();
                }
                case PREPARING, RUNNING -> {
                    edit.wantPause(caller.actor(), now);
                    edit.save();
                }
                case WAITING, PAUSED -> {}
                case SUCCEEDED, FAILED, CANCELLED -> throw ended(edit.before());
            }
            return edit.before();
        });
        switch (before.stage()) {
            case LEASED -> fleet.kill(before, "paused");
            case PREPARING, RUNNING -> wishes.tell(before.runner(), before.id());
            case QUEUED, WAITING, PAUSED, SUCCEEDED, FAILED, CANCELLED -> {}
        }
        feed.changed(before.id());
        wakeup.ring();
        return tasks.byId(caller, before.id());
    }

    /** A task that does not stand goes on as it does; one that was to stand is not to any more. */
    public TaskRow resume(Caller caller, String given, ResumeTask wish) {
        NewLimits.check(wish);
        TaskRow named = tasks.named(caller, given);
        PolicyAdmission.raised(policies.of(caller, named.id()), wish);
        try (OneAtATime.Turn turn = turns.take(named, "a resume")) {
            jdbi.useTransaction(handle -> {
                TaskEdit edit = TaskEdit.lock(handle, caller.tenant(), named.id())
                        .orElseThrow(() -> TaskQueries.noSuchTask(given));
                goOn(caller, edit, wish);
                edit.save();
            });
        }
        feed.changed(named.id());
        wakeup.queued();
        return tasks.byId(caller, named.id());
    }

    private void goOn(Caller caller, TaskEdit edit, ResumeTask wish) {
        TaskRow task = edit.before();
        NewLimits limits = NewLimits.of(task, wish);
        switch (task.stage()) {
            case QUEUED, WAITING, PAUSED -> {
                limits.leaveSome(task, assignments.usedSeconds(task));
                edit.limits(limits.turns(), limits.seconds(), limits.microusd());
            }
            case LEASED, PREPARING, RUNNING -> {
                if (!limits.areThoseOf(task)) {
                    throw BelayException.of(
                            ErrorCode.E_BUSY,
                            task.shortId() + " is at work, with the limits that it has",
                            "the controller changes limits while a task stands",
                            "belay pause " + task.shortId() + ", then this again");
                }
                edit.wantNoPause();
            }
            case SUCCEEDED, FAILED, CANCELLED -> throw ended(task);
        }
        if (task.stage().parked()) {
            if (commands.open(task.id(), "")) {
                throw BelayException.of(
                        ErrorCode.E_BUSY,
                        "somebody's command is at work in the files of " + task.shortId(),
                        "the controller lets a task go on when nobody else changes its files",
                        "try again when it is done");
            }
            edit.change(
                    Stage.QUEUED,
                    "resumed",
                    "resumed by " + caller.actor()
                            + (task.headStep() == null
                                    ? ""
                                    : "; it goes on from " + TaskRow.snapshotId(task.headStep())),
                    clock.instant());
        }
    }

    private static BelayException ended(TaskRow task) {
        return BelayException.of(
                ErrorCode.E_TASK_ENDED,
                task.shortId() + " has ended already",
                "the controller has it as " + task.state() + ", and that does not change",
                "its result is kept",
                "belay fork " + task.shortId() + " \"what to do next\"");
    }
}
