package dev.belay.controller.dispatch;

import dev.belay.controller.Timings;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.Parting;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.runners.Wakeup;
import dev.belay.controller.tasks.Stage;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Kill;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apart from the lease: a runner may renew for ever what no longer moves. Silence is told first, and ends with the task
 * being taken away; a task that nobody takes from the queue is given up at last. A person's own command in the sandbox may
 * take as long as it likes.
 */
@Singleton
public final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private static final String SILENT = "t.state in " + Stage.LIVE + """
             and t.stalled_at is null and t.updated_at < clock_timestamp() - make_interval(secs => :after)
             and not exists (select 1 from command c where c.task = t.id and c.answered_at is null)
            """;
    private static final String ABANDONED =
            "t.state in " + Stage.LIVE + " and t.stalled_at < clock_timestamp() - make_interval(secs => :after)";
    private static final String FORGOTTEN =
            "t.state = 'queued' and t.updated_at < clock_timestamp() - make_interval(secs => :after)";

    private final Jdbi jdbi;
    private final Fleet fleet;
    private final Feed feed;
    private final Wakeup wakeup;
    private final Timings.Silence silence;
    private final Clock clock;

    public Watchdog(Jdbi jdbi, Fleet fleet, Feed feed, Wakeup wakeup, Timings timings, Clock clock) {
        this.jdbi = jdbi;
        this.fleet = fleet;
        this.feed = feed;
        this.wakeup = wakeup;
        this.silence = timings.silence();
        this.clock = clock;
    }

    /** One look at everything; to be called again and again. */
    public void sweep() {
        try {
            each(SILENT, silence.stalled(), this::tell);
            each(ABANDONED, silence.abandoned(), this::takeAway);
            each(FORGOTTEN, silence.queued(), this::giveUp);
        } catch (JdbiException unreachable) {
            LOG.warn("silent tasks cannot be looked for; trying again", unreachable);
        } catch (RuntimeException unexpected) {
            // A scheduled sweep that throws would be the last one.
            LOG.error("a look at silent tasks failed; trying again", unexpected);
        }
    }

    private void each(String silent, Duration after, Consumer<TaskEdit> act) {
        record Found(String id, String tenant) {}
        List<Found> found = jdbi.withHandle(
                handle -> handle.createQuery("select t.id, t.tenant from task t where " + silent + " limit 100")
                        .bind("after", Timings.seconds(after))
                        .mapTo(Found.class)
                        .list());
        for (Found task : found) {
            jdbi.useTransaction(handle -> TaskEdit.lock(handle, task.tenant(), task.id())
                    .filter(edit -> handle.createQuery(
                                    "select exists (select 1 from task t where t.id = :id and " + silent + ")")
                            .bind("id", task.id())
                            .bind("after", Timings.seconds(after))
                            .mapTo(Boolean.class)
                            .one())
                    .ifPresent(edit -> {
                        act.accept(edit);
                        edit.save();
                    }));
            feed.changed(task.id());
            wakeup.ring();
        }
    }

    private void tell(TaskEdit edit) {
        edit.stalled(
                "stalled: no event for " + words(silence.stalled()) + "; its runner "
                        + edit.before().runner()
                        + " still renews its lease. In " + words(silence.abandoned())
                        + " the controller takes the task away, unless it goes on",
                clock.instant());
        LOG.warn("{} has said nothing for {}", edit.before().id(), silence.stalled());
    }

    private void takeAway(TaskEdit edit) {
        TaskRow task = edit.before();
        edit.part(
                Parting.LOST,
                "stalled",
                "the task said nothing for " + words(silence.stalled().plus(silence.abandoned())) + " on "
                        + task.runner(),
                clock.instant());
        fleet.find(task.runner())
                .ifPresent(connected -> connected.send(ControllerMessage.newBuilder()
                        .setKill(Kill.newBuilder()
                                .setTask(task.id())
                                .setEpoch(task.epoch())
                                .setReason("the task said nothing for too long"))
                        .build()));
    }

    private void giveUp(TaskEdit edit) {
        edit.change(
                Stage.FAILED,
                "no_runner",
                "no runner took it from the queue for " + words(silence.queued()),
                clock.instant());
    }

    private static String words(Duration time) {
        if (time.compareTo(Duration.ofDays(2)) >= 0) {
            return time.toDays() + " days";
        }
        return time.compareTo(Duration.ofMinutes(2)) >= 0 ? time.toMinutes() + " minutes" : time.toSeconds() + " s";
    }
}
