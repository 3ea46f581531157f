package dev.belay.controller.dispatch;

import dev.belay.controller.Timings;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.Parting;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.runners.Wakeup;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;

/** Ends what nobody holds any more, so that no task stands still without a reason. */
@Singleton
public final class Janitor {
    private static final String OVERDUE = "t.state in " + Stage.LIVE + """
             and (t.lease_until < clock_timestamp()
                 or t.ack_until < clock_timestamp()
                 or t.cancel_requested_at < clock_timestamp() - make_interval(secs => :after)
                 or (t.pause_now and t.pause_requested_at < clock_timestamp() - make_interval(secs => :after)))
            """;

    private final Sweep sweep;
    private final Jdbi jdbi;
    private final Fleet fleet;
    private final Feed feed;
    private final Wakeup wakeup;
    private final Timings timings;
    private final Clock clock;

    public Janitor(Sweep sweep, Jdbi jdbi, Fleet fleet, Feed feed, Wakeup wakeup, Timings timings, Clock clock) {
        this.sweep = sweep;
        this.jdbi = jdbi;
        this.fleet = fleet;
        this.feed = feed;
        this.wakeup = wakeup;
        this.timings = timings;
        this.clock = clock;
    }

    /** One look at everything; to be called again and again. */
    public void sweep() {
        Sweep.safely("ended leases", () -> sweep.each(OVERDUE, timings.cancelGrace(), this::decide));
    }

    /** The runner is known to have died: nothing of this epoch will ever be heard again. */
    public void died(String tenant, String id, int epoch) {
        jdbi.useTransaction(handle -> TaskEdit.lock(handle, tenant, id)
                .filter(edit -> edit.stage().live() && edit.epoch() == epoch)
                .ifPresent(edit -> {
                    edit.part(
                            Parting.LOST,
                            "runner_lost",
                            edit.before().runner() + " came back without the task: its process had ended",
                            clock.instant());
                    edit.save();
                }));
        feed.changed(id);
        wakeup.ring();
    }

    private void decide(TaskEdit edit) {
        TaskRow task = edit.before();
        String runner = task.runner();
        if (task.cancelRequestedAt() != null) {
            edit.part(
                    Parting.RETURNED,
                    "cancelled",
                    runner + " did not end it in time, so the controller did",
                    clock.instant());
        } else if (task.stage() == Stage.LEASED) {
            edit.part(Parting.UNANSWERED, "unanswered", runner + " did not answer in time", clock.instant());
        } else if (task.pauseNow()) {
            edit.part(
                    Parting.RETURNED,
                    "runner_lost",
                    runner + " did not stop it in time, so the controller did",
                    clock.instant());
        } else {
            edit.part(
                    Parting.LOST,
                    "runner_lost",
                    "the controller heard nothing of " + runner + " for the time of a lease",
                    clock.instant());
        }
        fleet.kill(task, "the controller ended this epoch");
    }
}
