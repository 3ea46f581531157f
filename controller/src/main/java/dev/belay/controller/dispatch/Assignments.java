package dev.belay.controller.dispatch;

import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.controller.runners.Wakeup;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.PackRef;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;

/** What a runner is given, and what it answers. */
@Singleton
public final class Assignments {
    private final Jdbi jdbi;
    private final PackStore packs;
    private final Feed feed;
    private final Wakeup wakeup;
    private final Clock clock;

    public Assignments(Jdbi jdbi, PackStore packs, Feed feed, Wakeup wakeup, Clock clock) {
        this.jdbi = jdbi;
        this.packs = packs;
        this.feed = feed;
        this.wakeup = wakeup;
        this.clock = clock;
    }

    /** All that a runner needs to begin the task, or to build its workspace again. */
    public Assignment of(String tenant, String id) throws IOException {
        TaskRow task = jdbi.withHandle(handle -> TaskQueries.byId(handle, tenant, id))
                .orElseThrow(() -> TaskQueries.noSuchTask(id));
        String script = jdbi.withHandle(
                handle -> handle.createQuery("select script from task where tenant = :tenant and id = :id")
                        .bind("tenant", tenant)
                        .bind("id", id)
                        .mapTo(String.class)
                        .one());
        Assignment.Builder assignment = Assignment.newBuilder()
                .setTask(task.id())
                .setShortId(task.shortId())
                .setEpoch(task.epoch())
                .setTenant(task.tenant())
                .setActor(task.actor())
                .setProject(task.project())
                .setPrompt(task.prompt())
                .setMode(TaskView.mode(task.mode()))
                .setModel(task.model())
                .setScript(script)
                .setScriptName(task.scriptName())
                .setBaseCommit(task.baseCommit())
                .setHeadCommit(task.headCommit())
                .setBranch(task.branch())
                .setAcceptWeaker(task.acceptWeaker())
                .setLimits(Limits.newBuilder()
                        .setMaxTurns(task.maxTurns())
                        .setTimeoutSeconds(task.timeoutSeconds())
                        .setMemoryMib(task.memoryMib())
                        .setProcesses(task.processes()));
        Scope project = Scope.project(task.tenant(), task.project());
        for (String pack : packs.packs(project)) {
            assignment.addPacks(PackRef.newBuilder().setSha256(pack).setSize(packs.size(project, pack)));
        }
        return assignment.build();
    }

    /** False when the runner holds the task no longer. */
    public boolean acked(String runner, String task, int epoch) {
        boolean held = jdbi.inTransaction(handle -> TaskEdit.lockHeld(handle, task, epoch, runner)
                .map(edit -> {
                    edit.acked();
                    edit.save();
                    return true;
                })
                .orElse(false));
        feed.changed(task);
        return held;
    }

    /** The task goes back to the queue, and to another runner first. */
    public void rejected(String runner, String task, int epoch, String reason) {
        requeue(runner, task, epoch, "rejected", runner + " did not take it: " + reason);
    }

    /** The task goes back to the queue. */
    void unanswered(String runner, String task, int epoch, String detail) {
        requeue(runner, task, epoch, "unanswered", detail);
    }

    private void requeue(String runner, String task, int epoch, String reason, String detail) {
        jdbi.useTransaction(handle -> TaskEdit.lockHeld(handle, task, epoch, runner)
                .filter(edit -> edit.stage().mayBecome(Stage.QUEUED))
                .ifPresent(edit -> {
                    if (edit.before().cancelRequestedAt() == null) {
                        edit.change(Stage.QUEUED, reason, detail, clock.instant());
                    } else {
                        edit.change(Stage.CANCELLED, "cancelled", edit.before().cancelReason(), clock.instant());
                    }
                    edit.save();
                }));
        feed.changed(task);
        wakeup.ring();
    }
}
