package dev.belay.controller.dispatch;

import dev.belay.controller.Timings;
import dev.belay.controller.events.Feed;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.runners.Wakeup;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.ControllerMessage;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives queued tasks to connected runners: one loop for the controller, woken when something changed. */
@Singleton
public final class ClaimLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimLoop.class);

    private final Claims claims;
    private final Assignments assignments;
    private final Fleet fleet;
    private final Wakeup wakeup;
    private final Feed feed;
    private final Timings timings;
    private volatile boolean stopping;

    public ClaimLoop(Claims claims, Assignments assignments, Fleet fleet, Wakeup wakeup, Feed feed, Timings timings) {
        this.claims = claims;
        this.assignments = assignments;
        this.fleet = fleet;
        this.wakeup = wakeup;
        this.feed = feed;
        this.timings = timings;
    }

    /** Runs until stopped. */
    public void run() {
        while (!stopping) {
            try {
                round();
                wakeup.await(timings.poll());
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    /** Ends the loop after its round: an interrupt would break the round's transaction. */
    public void stop() {
        stopping = true;
        wakeup.ring();
    }

    private void round() {
        try {
            List<Claims.Claimed> claimed;
            do {
                claimed = claims.claim(fleet.all());
                hand(claimed);
            } while (!claimed.isEmpty() && !stopping);
        } catch (JdbiException unreachable) {
            LOG.warn("the queue cannot be read; trying again", unreachable);
        } catch (RuntimeException unexpected) {
            // One bad row must not end the loop, or nothing would ever be assigned again.
            LOG.error("a round of the claim loop failed; trying again", unexpected);
        }
    }

    private void hand(List<Claims.Claimed> claimed) {
        if (claimed.isEmpty()) {
            return;
        }
        claimed.forEach(each -> feed.changed(each.task()));
        Map<String, Assignments.Order> orders =
                assignments.orders(claimed.stream().map(Claims.Claimed::task).toList()).stream()
                        .collect(Collectors.toMap(Assignments.Order::task, order -> order));
        for (Claims.Claimed each : claimed) {
            // No task is ever deleted.
            hand(each, Objects.requireNonNull(orders.get(each.task())));
        }
    }

    private void hand(Claims.Claimed claimed, Assignments.Order order) {
        String runner = claimed.runner().name();
        try {
            boolean sent = claimed.runner()
                    .send(ControllerMessage.newBuilder()
                            .setAssign(order.assignment())
                            .build());
            if (sent) {
                LOG.info("{} given to {} in epoch {}", claimed.task(), runner, claimed.epoch());
            } else {
                assignments.unanswered(runner, claimed.task(), claimed.epoch(), runner + " went away");
            }
        } catch (IOException | BelayException unreadable) {
            LOG.error("{} cannot be handed to {}", claimed.task(), runner, unreadable);
            assignments.rejected(
                    runner, claimed.task(), claimed.epoch(), "the controller cannot read the project's packs");
        }
    }
}
