package dev.belay.controller.dispatch;

import dev.belay.controller.Timings;
import dev.belay.controller.events.Feed;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.runners.Wakeup;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for tasks whose time is over and acts on each alone, under its lock, when it is still so then. */
@Singleton
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final int AT_ONCE = 100;

    private final Jdbi jdbi;
    private final Feed feed;
    private final Wakeup wakeup;

    Sweep(Jdbi jdbi, Feed feed, Wakeup wakeup) {
        this.jdbi = jdbi;
        this.feed = feed;
        this.wakeup = wakeup;
    }

    /** @param condition on task {@code t}; {@code :after} is the time, in seconds */
    void each(String condition, Duration after, Consumer<TaskEdit> act) {
        record Found(String id, String tenant) {}
        List<Found> found = jdbi.withHandle(handle -> handle.createQuery(
                        "select t.id, t.tenant from task t where " + condition + " limit " + AT_ONCE)
                .bind("after", Timings.seconds(after))
                .mapTo(Found.class)
                .list());
        for (Found task : found) {
            jdbi.useTransaction(handle -> TaskEdit.lock(handle, task.tenant(), task.id())
                    .filter(edit -> handle.createQuery(
                                    "select exists (select 1 from task t where t.id = :id and " + condition + ")")
                            .bind("id", task.id())
                            .bind("after", Timings.seconds(after))
                            .mapTo(Boolean.class)
                            .one())
                    .ifPresent(edit -> {
                        act.accept(edit);
                        edit.save();
                        LOG.info(
                                "{} was {} on {}, now {}",
                                task.id(),
                                edit.before().state(),
                                edit.before().runner(),
                                edit.stage().word());
                    }));
            feed.changed(task.id());
            wakeup.ring();
        }
    }

    /** A look that throws would be the last one of its schedule. */
    static void safely(String what, Runnable look) {
        try {
            look.run();
        } catch (JdbiException unreachable) {
            LOG.warn("{} cannot be looked for now: {}", what, unreachable.getMessage());
        } catch (RuntimeException unexpected) {
            LOG.error("a look for {} failed; trying again", what, unexpected);
        }
    }
}
