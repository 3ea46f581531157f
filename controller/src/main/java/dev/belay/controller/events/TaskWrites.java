package dev.belay.controller.events;

import dev.belay.controller.Timings;
import dev.belay.controller.tasks.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Writes edited tasks back, with what was appended to them. */
final class TaskWrites {
    /** A lease of this many seconds leaves the present one as it is; 0 ends it. */
    private static final double KEEP = -1;

    private TaskWrites() {}

    static void save(Handle handle, Collection<TaskEdit> edits) {
        if (edits.isEmpty()) {
            return;
        }
        List<EventRows.Entry> entries = new ArrayList<>();
        edits.forEach(edit -> entries.addAll(edit.appended));
        EventRows.insert(handle, entries);
        update(handle, edits);
        attempts(handle, edits);
    }

    private static void update(Handle handle, Collection<TaskEdit> edits) {
        PreparedBatch batch = handle.prepareBatch("""
                update task set
                  state = :state, waiting_for = :waitingFor, stop_reason = :stopReason, stop_detail = :stopDetail,
                  runner = :runner, sandbox = :sandbox, weaker = :weaker, epoch = :epoch,
                  lease_until = case when :lease < 0 then lease_until
                                     when :lease = 0 then null
                                     else clock_timestamp() + make_interval(secs => :lease) end,
                  ack_until = case when :ack = 0 then null
                                   when :ack < 0 then ack_until
                                   else clock_timestamp() + make_interval(secs => :ack) end,
                  updated_at = clock_timestamp(), heartbeat_at = case when :heard then clock_timestamp() else heartbeat_at end,
                  started_at = :startedAt, finished_at = :finishedAt, turns = :turns, steps = :steps,
                  last_step = :lastStep, cost_microusd = :cost, cost_unknown = :costUnknown, tokens_in = :tokensIn,
                  tokens_out = :tokensOut, head_step = :head, last_snapshot = :lastSnapshot,
                  files_changed = :files, lines_added = :added, lines_removed = :removed, last_seq = :lastSeq,
                  last_runner_seq = :lastRunnerSeq, operations = :operations, losses = :losses, died_in_call = :diedInCall,
                  pause_requested_at = case when :pause then coalesce(pause_requested_at, clock_timestamp()) end,
                  pause_actor = :pauseActor, pause_now = :pauseNow,
                  parked_at = case when :parked then coalesce(parked_at, clock_timestamp()) end,
                  unread = :unread, max_turns = :maxTurns, timeout_seconds = :timeoutSeconds,
                  max_microusd = :maxMicrousd,
                  event_bytes = :eventBytes, check_result = :check,
                  stalled_at = case when :stalled then clock_timestamp()
                                    when :heard or not :live then null
                                    else stalled_at end,
                  not_before = case when :notBefore = 0 then null
                                    else clock_timestamp() + make_interval(secs => :notBefore) end
                where id = :id
                """);
        for (TaskEdit edit : edits) {
            batch.bind("id", edit.before.id())
                    .bind("state", edit.stage.word())
                    .bind("waitingFor", edit.stage == Stage.WAITING ? edit.waitingFor : "")
                    .bind("stopReason", edit.stopReason)
                    .bind("stopDetail", edit.stopDetail)
                    .bind("runner", edit.runner)
                    .bind("sandbox", edit.sandbox)
                    .bind("weaker", edit.weaker.toArray(String[]::new))
                    .bind("epoch", edit.epoch)
                    .bind("lease", leaseSeconds(edit.lease))
                    .bind("ack", ackSeconds(edit))
                    .bind("heard", edit.lastRunnerSeq > edit.before.lastRunnerSeq())
                    .bind("turns", edit.turns)
                    .bind("steps", edit.steps)
                    .bind("lastStep", edit.lastStep)
                    .bind("cost", edit.costMicrousd)
                    .bind("costUnknown", edit.costUnknown)
                    .bind("tokensIn", edit.tokensIn)
                    .bind("tokensOut", edit.tokensOut)
                    .bind("files", edit.filesChanged)
                    .bind("added", edit.linesAdded)
                    .bind("removed", edit.linesRemoved)
                    .bind("lastSeq", edit.lastSeq)
                    .bind("lastRunnerSeq", edit.lastRunnerSeq)
                    .bind("operations", edit.operations)
                    .bind("losses", edit.losses)
                    .bind("diedInCall", edit.diedInCall)
                    .bind("pause", edit.pauseWanted)
                    .bind("pauseActor", edit.pauseActor)
                    .bind("pauseNow", edit.pauseNow)
                    .bind("parked", edit.stage.parked())
                    .bind("unread", edit.unread)
                    .bind("maxTurns", edit.maxTurns)
                    .bind("timeoutSeconds", edit.timeoutSeconds)
                    .bind("maxMicrousd", edit.maxMicrousd)
                    .bind("eventBytes", edit.eventBytes)
                    .bind("stalled", edit.stalled)
                    .bind("live", edit.stage.live())
                    .bind("notBefore", Timings.seconds(edit.notBefore))
                    // By their types: a batch may hold both, and is prepared by its first.
                    .bindByType("startedAt", edit.startedAt, Instant.class)
                    .bindByType("finishedAt", edit.finishedAt, Instant.class)
                    .bindByType("check", edit.checkResult, byte[].class)
                    .bindByType("head", edit.headStep, Integer.class)
                    .bindByType("lastSnapshot", edit.lastSnapshot, Integer.class)
                    .add();
        }
        batch.execute();
    }

    private static double leaseSeconds(TaskEdit.Lease lease) {
        return switch (lease) {
            case TaskEdit.Lease.Keep() -> KEEP;
            case TaskEdit.Lease.End() -> 0;
            case TaskEdit.Lease.Begin(var length) -> Timings.seconds(length);
        };
    }

    private static double ackSeconds(TaskEdit edit) {
        if (edit.stage != Stage.LEASED) {
            return 0;
        }
        return edit.ackWithin == null ? KEEP : Timings.seconds(edit.ackWithin);
    }

    private static void attempts(Handle handle, Collection<TaskEdit> edits) {
        List<TaskEdit> begun = new ArrayList<>();
        List<TaskEdit> ended = new ArrayList<>();
        List<TaskEdit> acked = new ArrayList<>();
        for (TaskEdit edit : edits) {
            Stage was = edit.before.stage();
            if (edit.epoch > edit.before.epoch()) {
                begun.add(edit);
            } else if (was.live() && !edit.stage.live()) {
                ended.add(edit);
            } else if (was == Stage.LEASED && edit.stage != Stage.LEASED) {
                acked.add(edit);
            }
        }
        many(
                handle,
                """
                insert into attempt (task, epoch, tenant, actor, runner)
                values (:task, :epoch, :tenant, :actor, :runner)
                """,
                begun,
                (row, edit) -> row.bind("tenant", edit.before.tenant())
                        .bind("actor", edit.before.actor())
                        .bind("runner", edit.runner));
        many(
                handle,
                """
                update attempt set ended_at = clock_timestamp(), outcome = :outcome, detail = :detail
                where task = :task and epoch = :epoch and ended_at is null
                """,
                ended,
                (row, edit) -> row.bind("outcome", outcome(edit)).bind("detail", edit.stopDetail));
        many(
                handle,
                "update attempt set acked_at = clock_timestamp() where task = :task and epoch = :epoch",
                acked,
                (row, edit) -> {});
    }

    private static void many(
            Handle handle, String sql, List<TaskEdit> edits, BiConsumer<PreparedBatch, TaskEdit> binding) {
        if (edits.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(sql);
        for (TaskEdit edit : edits) {
            batch.bind("task", edit.before.id()).bind("epoch", edit.epoch);
            binding.accept(batch, edit);
            batch.add();
        }
        batch.execute();
    }

    private static String outcome(TaskEdit edit) {
        if (edit.parting == null) {
            return edit.stage.word();
        }
        return switch (edit.parting) {
            case LOST -> "lost";
            case RETURNED, SANDBOX_LOST -> "returned";
            case REJECTED -> "rejected";
            case UNANSWERED -> "unanswered";
        };
    }
}
