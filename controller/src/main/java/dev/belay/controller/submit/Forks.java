package dev.belay.controller.submit;

import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.Messages;
import dev.belay.controller.events.Past;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.heads.Snapshots;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.controller.rights.Admitted;
import dev.belay.controller.rights.TaskPolicies;
import dev.belay.controller.runners.Admission;
import dev.belay.controller.runners.Wakeup;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Ids;
import dev.belay.controller.tasks.Microusd;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.policies.Capability;
import dev.belay.proto.bounds.LimitRange;
import dev.belay.proto.bounds.UsualLimits;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.ForkTask;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.Mode;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.TaskForked;
import dev.belay.proto.v1.TaskPolicy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Begins a task where another one was: with its files and its conversation after a step. What the fork has of its parent is
 * its own from then on, packs included: nothing that happens to one of them is felt by the other.
 */
@Singleton
public final class Forks {
    private final Jdbi jdbi;
    private final TaskQueries tasks;
    private final TaskPolicies policies;
    private final Snapshots snapshots;
    private final SubmissionCheck check;
    private final ScriptCheck scripts;
    private final Submission submission;
    private final Admission admission;
    private final QueueRoom room;
    private final DiskGuard disk;
    private final PackStore packs;
    private final Ids ids;
    private final Clock clock;
    private final Feed feed;
    private final Wakeup wakeup;

    public Forks(
            Jdbi jdbi,
            TaskQueries tasks,
            TaskPolicies policies,
            Snapshots snapshots,
            SubmissionCheck check,
            ScriptCheck scripts,
            Submission submission,
            Admission admission,
            QueueRoom room,
            DiskGuard disk,
            PackStore packs,
            Ids ids,
            Clock clock,
            Feed feed,
            Wakeup wakeup) {
        this.jdbi = jdbi;
        this.tasks = tasks;
        this.policies = policies;
        this.snapshots = snapshots;
        this.check = check;
        this.scripts = scripts;
        this.submission = submission;
        this.admission = admission;
        this.room = room;
        this.disk = disk;
        this.packs = packs;
        this.ids = ids;
        this.clock = clock;
        this.feed = feed;
        this.wakeup = wakeup;
    }

    /** Once for each idempotency key, like a submission. */
    public TaskRow fork(Caller caller, String given, ForkTask wish) {
        TaskRow parent = tasks.named(caller, given);
        String key = wish.getIdempotencyKey();
        SubmissionCheck.key(key);
        byte[] hash = hash(parent, wish);
        Optional<TaskRow> earlier = jdbi.withHandle(handle -> Submission.earlier(handle, caller, key, hash));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Admitted admitted = check.complete(caller, asSubmission(caller, parent, wish));
        SubmitTask task = admitted.task();
        disk.admit("the fork is not made");
        int step = snapshots
                .named(caller, parent, wish.getSnapshot().isEmpty() ? "head" : wish.getSnapshot())
                .getStep();
        admission.check(Capability.of(task.getModel()).orElseThrow(), task.getAcceptWeaker());
        room.take(caller);
        TaskRow stored = jdbi.inTransaction(handle -> {
            String id = ids.task();
            if (submission.insert(handle, id, caller, admitted, hash) == 0) {
                return Submission.earlier(handle, caller, key, hash).orElseThrow();
            }
            begin(handle, caller, id, parent, step, wish, task);
            return TaskQueries.byId(handle, caller.tenant(), id).orElseThrow();
        });
        feed.changed(stored.id());
        wakeup.queued();
        return stored;
    }

    private void begin(
            Handle handle, Caller caller, String id, TaskRow parent, int step, ForkTask wish, SubmitTask task) {
        handle.createUpdate("update task set parent = :parent, parent_step = :step where id = :id")
                .bind("parent", parent.id())
                .bind("step", step)
                .bind("id", id)
                .execute();
        // What a person let the parent reach and push was said for this line of work.
        TaskPolicy granted = TaskPolicies.locked(handle, parent.id());
        if (granted.getGrantsCount() + granted.getPushesCount() > 0) {
            TaskPolicies.write(
                    handle,
                    id,
                    TaskPolicies.locked(handle, id).toBuilder()
                            .addAllGrants(granted.getGrantsList())
                            .addAllPushes(granted.getPushesList())
                            .build());
        }
        Past past = Past.copy(handle, parent, step, id, clock.instant());
        boolean ownScript = !wish.getScript().isEmpty();
        if (!ownScript && !task.getScript().isEmpty()) {
            somethingLeft(parent, step, task, past.replies());
        }
        Scope scope = Scope.task(parent.tenant(), parent.project(), id);
        try {
            packs.lend(parent.scope(), scope, past.packs());
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the packs of " + parent.id() + " cannot be lent", unreadable);
        }
        TaskEdit edit = TaskEdit.lock(handle, caller.tenant(), id).orElseThrow();
        boolean answered = !wish.getPrompt().isBlank();
        edit.forked(
                TaskForked.newBuilder()
                        .setParent(parent.id())
                        .setSnapshot(TaskRow.snapshotId(step))
                        .setBeganWith(beganWith(handle, parent))
                        .setOwnScript(ownScript)
                        .setAnswered(answered)
                        .build(),
                caller.actor(),
                clock.instant());
        // Turns of the parent are not on the fork's account.
        edit.limits(
                edit.turns() + UsualLimits.turns(task.getLimits()),
                task.getLimits().getTimeoutSeconds(),
                Microusd.limit(task.getLimits().getMaxUsd()));
        String message = ids.message();
        long seq = answered
                ? edit.spoken(
                                PersonSpoke.newBuilder()
                                        .setId(message)
                                        .setText(wish.getPrompt())
                                        .build(),
                                caller.actor(),
                                clock.instant())
                        .getSeq()
                : 0;
        edit.change(
                Stage.QUEUED, "", "forked from " + parent.shortId() + "@" + TaskRow.snapshotId(step), clock.instant());
        edit.save();
        if (answered) {
            Messages.insert(
                    handle,
                    caller.tenant(),
                    caller.actor(),
                    "prompt of " + id,
                    new Messages.Stored(message, id, seq, new byte[0]));
        }
    }

    /** The conversation's first prompt: a fork's own one came later. */
    private static String beganWith(Handle handle, TaskRow parent) {
        return parent.parent().isEmpty()
                ? parent.prompt()
                : Past.beganWith(handle, parent).orElse(parent.prompt());
    }

    private void somethingLeft(TaskRow parent, int step, SubmitTask task, int replies) {
        if (scripts.check(task.getScriptName().isEmpty() ? "script" : task.getScriptName(), task.getScript())
                > replies) {
            return;
        }
        throw BelayException.of(
                ErrorCode.E_SCRIPT,
                "the script of " + parent.shortId() + " has no turn left after " + TaskRow.snapshotId(step),
                "the controller: a fork goes on with what is left of its parent's script, unless it gets one",
                "belay fork " + parent.shortId() + "@" + TaskRow.snapshotId(step) + " --model script:FILE \"…\"");
    }

    private SubmitTask asSubmission(Caller caller, TaskRow parent, ForkTask wish) {
        if (wish.getModel().isEmpty() && !wish.getScript().isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_BAD_REQUEST,
                    "there is a script and no model to play it",
                    "the controller refused the request",
                    "send model: script");
        }
        boolean inherits = wish.getModel().isEmpty();
        Limits limits = wish.getLimits();
        // Never what the parent's files say now: a task could have written that.
        TaskPolicy policy = policies.of(caller, parent.id());
        return SubmitTask.newBuilder()
                .setIdempotencyKey(wish.getIdempotencyKey())
                .setProject(parent.project())
                .setPrompt(wish.getPrompt().isBlank() ? parent.prompt() : wish.getPrompt())
                .setMode(
                        wish.getMode() == Mode.MODE_UNSPECIFIED && inherits
                                ? TaskView.mode(parent.mode())
                                : wish.getMode())
                .setModel(inherits ? parent.model() : wish.getModel())
                .setScript(inherits ? script(caller, parent) : wish.getScript())
                .setScriptName(inherits ? parent.scriptName() : wish.getScriptName())
                .setBaseCommit(parent.baseCommit())
                .setHeadCommit(parent.headCommit())
                .setBranch(parent.branch())
                .setLimits(limits.toBuilder()
                        .setMemoryMib(inherited(LimitRange.MEMORY_MIB, limits.getMemoryMib(), parent.memoryMib()))
                        .setProcesses(inherited(LimitRange.PROCESSES, limits.getProcesses(), parent.processes()))
                        .setDiskMib(inherited(LimitRange.DISK_MIB, limits.getDiskMib(), parent.diskMib()))
                        // Nobody said that it may cost more than its parent was allowed to.
                        .setMaxUsd(limits.getMaxUsd() == 0 ? Microusd.usd(parent.maxMicrousd()) : limits.getMaxUsd()))
                .setCheck(parent.checkCommand())
                .setNoCheck(parent.noCheck())
                .addAllAllowedTools(parent.allowedTools())
                .addAllDisallowedTools(parent.disallowedTools())
                .addAllPolicy(policy.getSourcesList())
                .setAcceptedPolicy(policy.getAccepted())
                // A script does not think.
                .setEffort(wish.getScript().isEmpty() ? parent.effort() : "")
                // Whoever may fork it may have it where it was.
                .setAcceptWeaker(wish.getAcceptWeaker() || parent.acceptWeaker())
                .build();
    }

    /** What a parent was given when a limit could be any number comes into its bounds: nobody can mend the parent. */
    private static int inherited(LimitRange range, int wish, int parents) {
        return wish != 0 || parents == 0 ? wish : range.nearest(parents);
    }

    private String script(Caller caller, TaskRow parent) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select script from task where tenant = :tenant and id = :id")
                        .bind("tenant", caller.tenant())
                        .bind("id", parent.id())
                        .mapTo(String.class)
                        .one());
    }

    private static byte[] hash(TaskRow parent, ForkTask wish) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(("fork " + parent.id() + "\n").getBytes(StandardCharsets.UTF_8));
            return digest.digest(wish.toByteArray());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
