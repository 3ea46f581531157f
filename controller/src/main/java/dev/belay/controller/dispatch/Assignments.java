package dev.belay.controller.dispatch;

import dev.belay.controller.events.EventLog;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.Messages;
import dev.belay.controller.events.Parting;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.controller.rights.TaskPolicies;
import dev.belay.controller.runners.Wakeup;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Microusd;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.PackRef;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.PushGrant;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.TaskPolicy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What a runner is given, and what it answers. */
@Singleton
public final class Assignments {
    private final Jdbi jdbi;
    private final PackStore packs;
    private final EventLog log;
    private final Feed feed;
    private final Wakeup wakeup;
    private final Clock clock;

    public Assignments(Jdbi jdbi, PackStore packs, EventLog log, Feed feed, Wakeup wakeup, Clock clock) {
        this.jdbi = jdbi;
        this.packs = packs;
        this.log = log;
        this.feed = feed;
        this.wakeup = wakeup;
        this.clock = clock;
    }

    /** All that a runner needs to begin the task, or to build its workspace again. */
    public Assignment of(String tenant, String id) throws IOException {
        for (Order order : orders(List.of(id))) {
            if (order.task.tenant().equals(tenant)) {
                return order.assignment();
            }
        }
        throw TaskQueries.noSuchTask(id);
    }

    /** What is to be handed out, read for all of them at once; each becomes an assignment by itself. */
    List<Order> orders(List<String> tasks) {
        record Script(String id, String script, byte @Nullable [] policy) {}
        String[] ids = tasks.toArray(String[]::new);
        return jdbi.withHandle(handle -> {
            Map<String, Script> scripts = handle
                    .createQuery("select id, script, policy from task where id = any(:ids)")
                    .bind("ids", ids)
                    .mapTo(Script.class)
                    .stream()
                    .collect(Collectors.toMap(Script::id, script -> script));
            Packs packs = new Packs();
            List<Order> orders = new ArrayList<>();
            for (TaskRow task : TaskQueries.all(handle, tasks)) {
                Script words = scripts.get(task.id());
                if (words != null) {
                    orders.add(new Order(
                            task,
                            words.script(),
                            TaskPolicies.read(words.policy()),
                            task.unread() == 0 ? List.of() : Messages.waiting(handle, task.tenant(), task.id()),
                            packs));
                }
            }
            return orders;
        });
    }

    /** The packs of each project, looked up once for many of its tasks. */
    private final class Packs {
        private final Map<Scope, List<PackRef>> known = new HashMap<>();

        List<PackRef> of(Scope project) throws IOException {
            List<PackRef> all = known.get(project);
            if (all == null) {
                all = new ArrayList<>();
                for (String pack : packs.packs(project)) {
                    all.add(pack(project, pack));
                }
                known.put(project, all);
            }
            return all;
        }
    }

    /** A task that is to be handed out. */
    final class Order {
        private final TaskRow task;
        private final String script;
        private final TaskPolicy policy;
        private final List<PersonSpoke> messages;
        private final Packs packs;

        private Order(TaskRow task, String script, TaskPolicy policy, List<PersonSpoke> messages, Packs packs) {
            this.task = task;
            this.script = script;
            this.policy = policy;
            this.messages = messages;
            this.packs = packs;
        }

        String task() {
            return task.id();
        }

        /** @throws BelayException when its packs are not what they were */
        Assignment assignment() throws IOException {
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
                    .setEffort(task.effort())
                    .setCheck(task.checkCommand())
                    .setNoCheck(task.noCheck())
                    .addAllAllowedTools(task.allowedTools())
                    .addAllDisallowedTools(task.disallowedTools())
                    .setUsedUsd(Microusd.usd(task.costMicrousd()))
                    .setScript(script)
                    .setScriptName(task.scriptName())
                    .addAllPolicy(policy.getSourcesList())
                    .addAllGranted(policy.getGrantsList())
                    .addAllAgreedPushes(policy.getPushesList().stream()
                            .map(PushGrant::getFile)
                            .toList())
                    .setBaseCommit(task.baseCommit())
                    .setHeadCommit(task.headCommit())
                    .setBranch(task.branch())
                    .setAcceptWeaker(task.acceptWeaker())
                    .setLimits(Limits.newBuilder()
                            .setMaxTurns(task.maxTurns())
                            .setTimeoutSeconds(task.timeoutSeconds())
                            .setMaxUsd(Microusd.usd(task.maxMicrousd()))
                            .setMemoryMib(task.memoryMib())
                            .setProcesses(task.processes())
                            .setDiskMib(task.diskMib()))
                    .addAllPacks(packs.of(Scope.project(task.tenant(), task.project())))
                    .addAllMessages(messages);
            if (policy.hasCeiling()) {
                assignment.setCeiling(policy.getCeiling());
            }
            if (task.headStep() != null) {
                goOn(task, task.headStep(), assignment);
            }
            return assignment.build();
        }
    }

    private void goOn(TaskRow task, int head, Assignment.Builder assignment) throws IOException {
        assignment.setLastStep(task.lastStep()).setLastTurn(task.turns()).setUsedSeconds(usedSeconds(task));
        for (Snapshot snapshot : log.snapshots(new Caller(task.tenant(), task.actor()), task.id())) {
            if (!snapshot.getPackSha256().isEmpty()) {
                assignment.addSnapshotPacks(pack(task.scope(), snapshot.getPackSha256()));
            }
            assignment.setNewestCommit(snapshot.getCommit());
            if (snapshot.getStep() == head) {
                assignment.setResume(snapshot);
            }
        }
    }

    private PackRef pack(Scope scope, String sha256) throws IOException {
        return PackRef.newBuilder()
                .setSha256(sha256)
                .setSize(packs.size(scope, sha256))
                .build();
    }

    /** Waiting in the queue is not on the task's time. */
    int usedSeconds(TaskRow task) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select coalesce(sum(extract(epoch from ended_at - acked_at)), 0)::int
                        from attempt where task = :task and tenant = :tenant and ended_at is not null and acked_at is not null
                        """)
                .bind("task", task.id())
                .bind("tenant", task.tenant())
                .mapTo(Integer.class)
                .one());
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
        requeue(runner, task, epoch, Parting.REJECTED, "rejected", runner + " did not take it: " + reason);
    }

    /** The task goes back to the queue. */
    void unanswered(String runner, String task, int epoch, String detail) {
        requeue(runner, task, epoch, Parting.UNANSWERED, "unanswered", detail);
    }

    private void requeue(String runner, String task, int epoch, Parting how, String reason, String detail) {
        jdbi.useTransaction(handle -> TaskEdit.lockHeld(handle, task, epoch, runner)
                .filter(edit -> edit.stage() == Stage.LEASED || edit.stage() == Stage.PREPARING)
                .ifPresent(edit -> {
                    edit.part(how, reason, detail, clock.instant());
                    edit.save();
                }));
        feed.changed(task);
        wakeup.ring();
    }
}
