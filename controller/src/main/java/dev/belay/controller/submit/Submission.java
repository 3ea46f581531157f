package dev.belay.controller.submit;

import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.projects.Projects;
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
import dev.belay.policies.Capability;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.SubmitTask;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Stores a delegation and its first event together, once for each idempotency key. */
@Singleton
public final class Submission {
    private static final int NAME = 80;

    private final Jdbi jdbi;
    private final SubmissionCheck check;
    private final Projects projects;
    private final Admission admission;
    private final QueueRoom room;
    private final DiskGuard disk;
    private final Ids ids;
    private final Clock clock;
    private final Feed feed;
    private final Wakeup wakeup;

    public Submission(
            Jdbi jdbi,
            SubmissionCheck check,
            Projects projects,
            Admission admission,
            QueueRoom room,
            DiskGuard disk,
            Ids ids,
            Clock clock,
            Feed feed,
            Wakeup wakeup) {
        this.jdbi = jdbi;
        this.check = check;
        this.projects = projects;
        this.admission = admission;
        this.room = room;
        this.disk = disk;
        this.ids = ids;
        this.clock = clock;
        this.feed = feed;
        this.wakeup = wakeup;
    }

    public TaskRow submit(Caller caller, SubmitTask given) {
        String key = given.getIdempotencyKey();
        SubmissionCheck.key(key);
        byte[] hash = hash(given);
        // Before it is held against anything: what has begun already has, whatever is bounded by now.
        Optional<TaskRow> earlier = jdbi.withHandle(handle -> earlier(handle, caller, key, hash));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Admitted admitted = check.complete(caller, given);
        SubmitTask task = admitted.task();
        disk.admit("the task is not taken");
        projects.known(caller, task.getProject());
        check.base(caller.tenant(), task);
        admission.check(Capability.of(task.getModel()).orElseThrow(), task.getAcceptWeaker());
        room.take(caller);
        TaskRow stored = jdbi.inTransaction(handle -> {
            String id = ids.task();
            if (insert(handle, id, caller, admitted, hash) == 0) {
                return earlier(handle, caller, key, hash).orElseThrow();
            }
            TaskEdit edit = TaskEdit.lock(handle, caller.tenant(), id).orElseThrow();
            edit.change(Stage.QUEUED, "", "", clock.instant());
            edit.save();
            return TaskQueries.byId(handle, caller.tenant(), id).orElseThrow();
        });
        feed.changed(stored.id());
        wakeup.queued();
        return stored;
    }

    static Optional<TaskRow> earlier(Handle handle, Caller caller, String key, byte[] hash) {
        record Earlier(String id, byte[] requestHash) {}
        Optional<Earlier> earlier = handle.createQuery(
                        "select id, request_hash from task where tenant = :tenant and idempotency_key = :key")
                .bind("tenant", caller.tenant())
                .bind("key", key)
                .mapTo(Earlier.class)
                .findOne();
        if (earlier.isPresent() && !MessageDigest.isEqual(earlier.get().requestHash(), hash)) {
            throw BelayException.of(
                    ErrorCode.E_IDEMPOTENCY_CONFLICT,
                    "this idempotency key was used for another request",
                    "the controller keeps one task for each key",
                    "belay show " + earlier.get().id());
        }
        return earlier.flatMap(found -> TaskQueries.byId(handle, caller.tenant(), found.id()));
    }

    int insert(Handle handle, String id, Caller caller, Admitted admitted, byte[] hash) {
        SubmitTask task = admitted.task();
        Instant now = clock.instant();
        return handle.createUpdate("""
                        insert into task (id, tenant, actor, project, idempotency_key, request_hash, name, prompt, mode,
                          model, script, script_name, base_commit, head_commit, branch, max_turns, timeout_seconds,
                          max_microusd, effort, memory_mib, processes, disk_mib, accept_weaker, check_command, no_check,
                          allowed_tools, disallowed_tools, policy, state, created_at, updated_at)
                        values (:id, :tenant, :actor, :project, :key, :hash, :name, :prompt, :mode, :model, :script,
                          :scriptName, :base, :head, :branch, :turns, :timeout, :maxMicrousd, :effort, :memory, :processes, :disk,
                          :acceptWeaker, :check, :noCheck, :allowedTools, :disallowedTools, :policy, 'queued', :now,
                          :now)
                        on conflict (tenant, idempotency_key) do nothing
                        """)
                .bind("id", id)
                .bind("tenant", caller.tenant())
                .bind("actor", caller.actor())
                .bind("project", task.getProject())
                .bind("key", task.getIdempotencyKey())
                .bind("hash", hash)
                .bind("name", name(task.getPrompt()))
                .bind("prompt", task.getPrompt())
                .bind("mode", task.getMode().name().substring("MODE_".length()).toLowerCase(Locale.ROOT))
                .bind("model", task.getModel())
                .bind("script", task.getScript())
                .bind("scriptName", task.getScriptName())
                .bind("base", task.getBaseCommit())
                .bind("head", task.getHeadCommit())
                .bind("branch", task.getBranch())
                .bind("turns", task.getLimits().getMaxTurns())
                .bind("timeout", task.getLimits().getTimeoutSeconds())
                .bind("maxMicrousd", Microusd.limit(task.getLimits().getMaxUsd()))
                .bind("effort", task.getEffort())
                .bind("memory", task.getLimits().getMemoryMib())
                .bind("processes", task.getLimits().getProcesses())
                .bind("disk", task.getLimits().getDiskMib())
                .bind("acceptWeaker", task.getAcceptWeaker())
                .bind("check", task.getCheck())
                .bind("noCheck", task.getNoCheck())
                .bind("allowedTools", task.getAllowedToolsList().toArray(String[]::new))
                .bind("disallowedTools", task.getDisallowedToolsList().toArray(String[]::new))
                .bindByType("policy", TaskPolicies.stored(admitted.policy()), byte[].class)
                .bind("now", now)
                .execute();
    }

    /** The first line that says something, at most 80 characters. */
    static String name(String prompt) {
        String line = prompt.lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        return line.codePointCount(0, line.length()) <= NAME
                ? line
                : line.substring(0, line.offsetByCodePoints(0, NAME - 1)) + "…";
    }

    private static byte[] hash(SubmitTask task) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(task.toByteArray());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
