package dev.belay.controller.tasks;

import dev.belay.controller.packs.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task as stored, but for its script, which only an assignment needs. */
public record TaskRow(
        String id,
        String tenant,
        String actor,
        String project,
        String projectName,
        String name,
        String prompt,
        String mode,
        String model,
        String provider,
        String effort,
        String checkCommand,
        boolean noCheck,
        List<String> allowedTools,
        List<String> disallowedTools,
        byte @Nullable [] checkResult,
        String scriptName,
        String baseCommit,
        String headCommit,
        String branch,
        int maxTurns,
        int timeoutSeconds,
        long maxMicrousd,
        int memoryMib,
        int processes,
        int diskMib,
        boolean acceptWeaker,
        String state,
        String waitingFor,
        String stopReason,
        String stopDetail,
        String runner,
        String sandbox,
        List<String> weaker,
        int epoch,
        @Nullable Instant cancelRequestedAt,
        String cancelActor,
        String cancelReason,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant heartbeatAt,
        int turns,
        int steps,
        int lastStep,
        long costMicrousd,
        boolean costUnknown,
        long tokensIn,
        long tokensOut,
        @Nullable Integer headStep,
        @Nullable Integer lastSnapshot,
        int filesChanged,
        int linesAdded,
        int linesRemoved,
        long lastSeq,
        long lastRunnerSeq,
        int operations,
        int losses,
        boolean diedInCall,
        @Nullable Instant stalledAt,
        @Nullable Instant pauseRequestedAt,
        String pauseActor,
        boolean pauseNow,
        String parent,
        @Nullable Integer parentStep,
        int unread,
        long eventBytes,
        String idBefore,
        String idAfter) {

    /** What a select needs for this row; the task is {@code t}, its project {@code p}. */
    public static final String SELECT = """
            select t.id, t.tenant, t.actor, t.project, p.name as project_name, t.name, t.prompt, t.mode, t.model,
                   t.check_command, t.no_check, t.allowed_tools, t.disallowed_tools, t.check_result,
                   t.provider, t.effort, t.max_microusd, t.cost_unknown, t.tokens_in, t.tokens_out,
                   t.script_name, t.base_commit, t.head_commit, t.branch, t.max_turns, t.timeout_seconds, t.memory_mib,
                   t.processes, t.disk_mib, t.accept_weaker, t.state, t.waiting_for, t.stop_reason, t.stop_detail, t.runner,
                   t.sandbox, t.weaker, t.epoch, t.cancel_requested_at, t.cancel_actor, t.cancel_reason, t.created_at,
                   t.updated_at, t.started_at, t.finished_at, t.heartbeat_at, t.turns, t.steps, t.last_step,
                   t.cost_microusd, t.head_step, t.last_snapshot, t.files_changed, t.lines_added, t.lines_removed,
                   t.last_seq, t.last_runner_seq, t.operations, t.losses, t.died_in_call,
                   t.stalled_at, t.pause_requested_at, t.pause_actor, t.pause_now, t.parent, t.parent_step, t.unread,
                   t.event_bytes,
                   coalesce((select max(b.id) from task b where b.tenant = t.tenant and b.id < t.id), '') as id_before,
                   coalesce((select min(a.id) from task a where a.tenant = t.tenant and a.id > t.id), '') as id_after
            from task t join project p on p.id = t.project
            """;

    public Stage stage() {
        return Stage.of(state);
    }

    public String shortId() {
        return Ids.shortest(id, idBefore, idAfter);
    }

    public Scope scope() {
        return Scope.task(tenant, project, id);
    }

    /** {@code s4}, or empty when there is no such step yet. */
    public static String snapshotId(@Nullable Integer step) {
        return step == null ? "" : "s" + step;
    }
}
