package dev.belay.controller.submit;

import dev.belay.controller.Bounds;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * How many tasks a person, and a tenant, may have in the queue. Whoever is refused was counted for it; whoever is let in
 * may rest on a count of the last second plus what was let in here since, so that the bound is held to within what other
 * controllers let in during that second, and the requests that are at work at once.
 */
@Singleton
final class QueueRoom {
    private static final long FRESH = Duration.ofSeconds(1).toNanos();
    private static final int REMEMBERED = 10_000;

    private final Jdbi jdbi;
    private final Bounds bounds;
    private final Map<Caller, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Caller, Count> eldest) {
            return size() > REMEMBERED;
        }
    };

    QueueRoom(Jdbi jdbi, Bounds bounds) {
        this.jdbi = jdbi;
        this.bounds = bounds;
    }

    /** What was counted, and when. */
    private record Count(int actors, int tenants, long at) {
        Count andOneMore() {
            return new Count(actors + 1, tenants + 1, at);
        }
    }

    /** @throws BelayException E_QUEUE_FULL */
    void take(Caller caller) {
        long now = System.nanoTime();
        synchronized (this) {
            Count known = counts.get(caller);
            if (known != null && now - known.at() < FRESH && fits(known)) {
                counts.put(caller, known.andOneMore());
                return;
            }
        }
        Count counted = count(caller, now);
        if (counted.actors() >= bounds.queuedPerActor()) {
            throw refused(
                    caller.actor() + " has " + bounds.queuedPerActor() + " tasks in the queue",
                    "more than that are taken of nobody (BELAY_MAX_QUEUED)");
        }
        if (!fits(counted)) {
            throw refused(
                    "there are " + bounds.queuedPerTenant() + " tasks in the queue of " + caller.tenant(),
                    "more than that are taken of no tenant (BELAY_MAX_QUEUED_TENANT)");
        }
        synchronized (this) {
            counts.put(caller, counted.andOneMore());
        }
    }

    private boolean fits(Count count) {
        return count.actors() < bounds.queuedPerActor() && count.tenants() < bounds.queuedPerTenant();
    }

    private Count count(Caller caller, long now) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select
                          (select count(*) from (select 1 from task where tenant = :tenant and actor = :actor
                             and state = 'queued' limit :mine) a) as actors,
                          (select count(*) from (select 1 from task where tenant = :tenant
                             and state = 'queued' limit :ours) t) as tenants
                        """)
                .bind("tenant", caller.tenant())
                .bind("actor", caller.actor())
                .bind("mine", bounds.queuedPerActor())
                .bind("ours", bounds.queuedPerTenant())
                .map((row, context) -> new Count(row.getInt(1), row.getInt(2), now))
                .one());
    }

    private static BelayException refused(String what, String why) {
        return BelayException.of(
                ErrorCode.E_QUEUE_FULL,
                what,
                "controller: " + why,
                "nothing was submitted; what is queued keeps its place",
                "belay ps; belay cancel what is not wanted, or wait for it to begin");
    }
}
