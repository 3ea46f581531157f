package dev.belay.controller.dispatch;

import dev.belay.controller.Timings;
import dev.belay.controller.tasks.Stage;
import dev.belay.proto.v1.RunningTask;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Who holds what, until when, by the database's clock. */
@Singleton
public final class Leases {
    private final Jdbi jdbi;
    private final Timings timings;

    public Leases(@Named("leases") Jdbi jdbi, Timings timings) {
        this.jdbi = jdbi;
        this.timings = timings;
    }

    /** Of what a runner says it runs: what it holds, now for another lease, and what it does not. */
    public record Renewed(List<RunningTask> held, List<RunningTask> stale) {}

    /**
     * A lease that ran out is revived here as long as nobody has acted on that. Not renewed: what should have been
     * cancelled long ago.
     */
    public Renewed renew(String runner, List<RunningTask> running) {
        if (running.isEmpty()) {
            return new Renewed(List.of(), List.of());
        }
        record Renewal(String id, int epoch) {}
        // A transaction, because it locks several rows and may meet another that does, too.
        List<Renewal> held = jdbi.inTransaction(handle -> handle.createQuery("""
                        update task t set
                          lease_until = greatest(t.lease_until, clock_timestamp() + make_interval(secs => :lease)),
                          heartbeat_at = clock_timestamp()
                        from unnest(:tasks, :epochs) as r(id, epoch)
                        where t.id = r.id and t.epoch = r.epoch and t.runner = :runner and t.state in %s
                          and (t.cancel_requested_at is null
                               or t.cancel_requested_at > clock_timestamp() - make_interval(secs => :grace))
                        returning t.id, t.epoch
                        """.formatted(Stage.LIVE))
                .bind("lease", Timings.seconds(timings.lease()))
                .bind("grace", Timings.seconds(timings.cancelGrace()))
                .bind("tasks", running.stream().map(RunningTask::getTask).toArray(String[]::new))
                .bind("epochs", running.stream().map(RunningTask::getEpoch).toArray(Integer[]::new))
                .bind("runner", runner)
                .mapTo(Renewal.class)
                .list());
        Map<String, Integer> epochs = held.stream().collect(Collectors.toMap(Renewal::id, Renewal::epoch, (a, b) -> a));
        Map<Boolean, List<RunningTask>> parted = running.stream()
                .collect(Collectors.partitioningBy(
                        task -> Integer.valueOf(task.getEpoch()).equals(epochs.get(task.getTask()))));
        return new Renewed(parted.getOrDefault(true, List.of()), parted.getOrDefault(false, List.of()));
    }

    /** A task as it is held. */
    public record Held(String tenant, String id, int epoch) {}

    /** What the runner holds by the controller's books and does not speak of. */
    public List<Held> heldWithout(String runner, List<RunningTask> running) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select t.tenant, t.id, t.epoch from task t
                        where t.runner = :runner and t.state in %s and not exists (
                          select 1 from unnest(:tasks, :epochs) as r(id, epoch) where r.id = t.id and r.epoch = t.epoch)
                        """.formatted(Stage.LIVE))
                .bind("runner", runner)
                .bind("tasks", running.stream().map(RunningTask::getTask).toArray(String[]::new))
                .bind("epochs", running.stream().map(RunningTask::getEpoch).toArray(Integer[]::new))
                .mapTo(Held.class)
                .list());
    }

    /**
     * After a start of the controller: runners get the time of a lease to come back with what they hold, and no task's
     * silence counts from before.
     */
    public void revive() {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update task set updated_at = clock_timestamp() where finished_at is null
                        """).execute());
        jdbi.useTransaction(handle -> handle.createUpdate("""
                        update task set
                          lease_until = greatest(lease_until, clock_timestamp() + make_interval(secs => :lease)),
                          ack_until = case when ack_until is null then null
                                           else clock_timestamp() + make_interval(secs => :ack) end
                        where state in %s
                        """.formatted(Stage.LIVE))
                .bind("lease", Timings.seconds(timings.lease()))
                .bind("ack", Timings.seconds(timings.assignAck()))
                .execute());
    }
}
