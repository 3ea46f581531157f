package dev.belay.controller.dispatch;

import dev.belay.controller.Timings;
import dev.belay.controller.events.Parting;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/**
 * Apart from the lease: a runner may renew for ever what no longer moves. Silence is told first, and ends with the task
 * being taken away; a task that nobody takes from the queue is given up at last. A person's own command in the sandbox may
 * take as long as it likes.
 */
@Singleton
public final class Watchdog {
    private static final String SILENT = "t.state in " + Stage.LIVE + """
             and t.stalled_at is null and t.updated_at < clock_timestamp() - make_interval(secs => :after)
             and not exists (select 1 from command c where c.task = t.id and c.answered_at is null)
            """;
    private static final String ABANDONED =
            "t.state in " + Stage.LIVE + " and t.stalled_at < clock_timestamp() - make_interval(secs => :after)";
    private static final String FORGOTTEN =
            "t.state = 'queued' and t.updated_at < clock_timestamp() - make_interval(secs => :after)";
    /** A controller's start counts for nothing here. */
    private static final String LEFT =
            "t.state in ('waiting', 'paused') and t.parked_at < clock_timestamp() - make_interval(secs => :after)";

    private final Sweep sweep;
    private final Fleet fleet;
    private final Timings.Silence silence;
    private final Clock clock;

    public Watchdog(Sweep sweep, Fleet fleet, Timings timings, Clock clock) {
        this.sweep = sweep;
        this.fleet = fleet;
        this.silence = timings.silence();
        this.clock = clock;
    }

    /** One look at everything; to be called again and again. */
    public void sweep() {
        Sweep.safely("silent tasks", () -> {
            sweep.each(SILENT, silence.stalled(), this::tell);
            sweep.each(ABANDONED, silence.abandoned(), this::takeAway);
            sweep.each(FORGOTTEN, silence.queued(), this::giveUp);
            sweep.each(LEFT, silence.parked(), this::putAway);
        });
    }

    private void tell(TaskEdit edit) {
        edit.stalled(
                "stalled: no event for " + words(silence.stalled()) + "; its runner "
                        + edit.before().runner()
                        + " still renews its lease. In " + words(silence.abandoned())
                        + " the controller takes the task away, unless it goes on",
                clock.instant());
    }

    private void takeAway(TaskEdit edit) {
        TaskRow task = edit.before();
        edit.part(
                Parting.LOST,
                "stalled",
                "the task said nothing for " + words(silence.stalled().plus(silence.abandoned())) + " on "
                        + task.runner(),
                clock.instant());
        fleet.kill(task, "the task said nothing for too long");
    }

    private void giveUp(TaskEdit edit) {
        edit.change(
                Stage.FAILED,
                "no_runner",
                "no runner took it from the queue for " + words(silence.queued()),
                clock.instant());
    }

    private void putAway(TaskEdit edit) {
        TaskRow task = edit.before();
        edit.change(
                Stage.FAILED,
                task.waitingFor().isEmpty() ? task.state() : "waiting_" + task.waitingFor(),
                "nobody resumed it for " + words(silence.parked()),
                clock.instant());
    }

    private static String words(Duration time) {
        if (time.compareTo(Duration.ofDays(2)) >= 0) {
            return time.toDays() + " days";
        }
        return time.compareTo(Duration.ofMinutes(2)) >= 0 ? time.toMinutes() + " minutes" : time.toSeconds() + " s";
    }
}
