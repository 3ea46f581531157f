package dev.belay.controller.events;

import dev.belay.controller.Bounds;
import dev.belay.controller.tasks.Stage;
import dev.belay.proto.v1.EventBatch;
import dev.belay.proto.v1.RunnerEvent;
import dev.belay.proto.v1.TaskStateChanged;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Appends what runners observed: one transaction a batch, fenced by (task, epoch, runner). What was committed before is
 * passed over; what would leave a gap is not taken, and the answer says from where to send again.
 */
@Singleton
public final class RunnerEvents {
    private final Jdbi jdbi;
    private final Feed feed;
    private final Clock clock;
    private final Bounds bounds;

    public RunnerEvents(Jdbi jdbi, Feed feed, Clock clock, Bounds bounds) {
        this.jdbi = jdbi;
        this.feed = feed;
        this.clock = clock;
        this.bounds = bounds;
    }

    /**
     * @param durable everything up to this runner_seq is committed
     * @param stale the runner holds the task no longer, or has said more of it than is taken
     * @param ended the batch brought the task to its end, or back to the queue
     */
    public record Appended(long durable, boolean stale, boolean ended) {}

    public Appended append(String runner, EventBatch batch) {
        Instant now = clock.instant();
        Appended answer =
                jdbi.inTransaction(handle -> TaskEdit.lockHeld(handle, batch.getTask(), batch.getEpoch(), runner)
                        .map(task -> append(task, batch, now))
                        .orElseGet(() -> notHeld(handle, runner, batch)));
        feed.changed(batch.getTask());
        return answer;
    }

    private Appended append(TaskEdit task, EventBatch batch, Instant now) {
        task.acked();
        boolean afterTheEnd = false;
        for (RunnerEvent event : batch.getEventsList()) {
            if (event.getRunnerSeq() <= task.lastRunnerSeq()) {
                continue;
            }
            if (event.getRunnerSeq() != task.lastRunnerSeq() + 1) {
                break;
            }
            if (!task.stage().live()) {
                afterTheEnd = true;
                break;
            }
            switch (event.getEvent().getTaskState().getTo()) {
                case TASK_STATE_QUEUED, TASK_STATE_PAUSED -> givenBack(task, event, now);
                case TASK_STATE_WAITING -> atLimit(task, event, now);
                case TASK_STATE_SUCCEEDED -> succeeded(task, event, now);
                default -> task.append(event.getEvent(), event.getRunnerSeq(), now);
            }
        }
        boolean tooLong = task.stage().live() && task.eventBytes() > bounds.logBytes();
        if (tooLong) {
            task.end(
                    "limit_log",
                    "its log has grown to " + task.eventBytes() + " bytes, and the controller takes "
                            + bounds.logBytes() + " of one task (BELAY_MAX_LOG)",
                    now);
        }
        task.save();
        return new Appended(
                task.lastRunnerSeq(), afterTheEnd || tooLong, !task.stage().live());
    }

    /**
     * A runner that says so after its process died has lost the task; one whose sandbox ended says that; any other has ended
     * its work in good order.
     */
    private static void givenBack(TaskEdit task, RunnerEvent event, Instant now) {
        TaskStateChanged said = event.getEvent().getTaskState();
        Departure.decide(
                task,
                switch (said.getStopReason()) {
                    case "runner_restarted" -> Parting.LOST;
                    case "sandbox_lost" -> Parting.SANDBOX_LOST;
                    default -> Parting.RETURNED;
                },
                Plain.text(said.getStopReason(), 100),
                Plain.text(said.getDetail(), 1000),
                event.getRunnerSeq(),
                now);
    }

    private static void atLimit(TaskEdit task, RunnerEvent event, Instant now) {
        if (task.before().cancelRequestedAt() == null) {
            task.append(event.getEvent(), event.getRunnerSeq(), now);
        } else {
            givenBack(task, event, now);
        }
    }

    /** What a person said while its last turn ended gets one more turn. */
    private static void succeeded(TaskEdit task, RunnerEvent event, Instant now) {
        if (task.unread == 0 || task.before().cancelRequestedAt() != null) {
            task.append(event.getEvent(), event.getRunnerSeq(), now);
        } else {
            Departure.decide(
                    task,
                    Parting.RETURNED,
                    "message",
                    "a message came as its last turn ended",
                    event.getRunnerSeq(),
                    now);
        }
    }

    /** A runner that missed the answer to its last batch is told that all is committed, not that it is stale. */
    private static Appended notHeld(Handle handle, String runner, EventBatch batch) {
        record Last(long seq, String state) {}
        Optional<Last> last = handle.createQuery("""
                        select last_runner_seq as seq, state from task
                        where id = :task and epoch = :epoch and runner = :runner
                        """)
                .bind("task", batch.getTask())
                .bind("epoch", batch.getEpoch())
                .bind("runner", runner)
                .mapTo(Last.class)
                .findOne();
        long sent = batch.getEventsList().stream()
                .mapToLong(RunnerEvent::getRunnerSeq)
                .max()
                .orElse(0);
        return last.filter(found -> !Stage.of(found.state()).live() && sent > 0 && sent <= found.seq())
                .map(found -> new Appended(found.seq(), false, false))
                .orElseGet(() -> new Appended(last.map(Last::seq).orElse(0L), true, false));
    }
}
