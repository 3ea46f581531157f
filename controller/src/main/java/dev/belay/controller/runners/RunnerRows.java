package dev.belay.controller.runners;

import dev.belay.controller.peers.Presence;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Stage;
import dev.belay.proto.v1.Hello;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The runners that were ever seen. */
@Singleton
public final class RunnerRows {
    private final Jdbi jdbi;
    private final Jdbi leases;
    private final Presence presence;

    public RunnerRows(Jdbi jdbi, @Named("leases") Jdbi leases, Presence presence) {
        this.jdbi = jdbi;
        this.leases = leases;
        this.presence = presence;
    }

    /** A runner as last heard of, and how many tasks it holds. */
    public record Seen(
            String id,
            String version,
            int slots,
            int used,
            List<String> engines,
            List<String> weaker,
            String host,
            long freeDiskBytes,
            String takesNone,
            Instant heartbeatAt) {}

    /** @return the boot that it was last known in, empty when it was never seen */
    public String connected(Caller owner, Hello hello, Offers offers) {
        return jdbi.inTransaction(handle -> {
            String before = handle.createQuery("select boot_id from runner where id = :id for update")
                    .bind("id", hello.getRunner())
                    .mapTo(String.class)
                    .findOne()
                    .orElse("");
            save(handle, owner, hello, offers);
            return before;
        });
    }

    private void save(Handle handle, Caller owner, Hello hello, Offers offers) {
        handle.createUpdate("""
                        insert into runner (id, tenant, actor, boot_id, version, protocol, slots, engines, labels, weaker, host,
                          takes_none, usable_providers, missing_providers, controller)
                        values (:id, :tenant, :actor, :boot, :version, :protocol, :slots, :engines, :labels, :weaker, :host,
                          :takesNone, :usable, :missing, :controller)
                        on conflict (id) do update set boot_id = excluded.boot_id, version = excluded.version,
                          protocol = excluded.protocol, slots = excluded.slots, engines = excluded.engines,
                          labels = excluded.labels, weaker = excluded.weaker, host = excluded.host,
                          takes_none = excluded.takes_none, usable_providers = excluded.usable_providers,
                          missing_providers = excluded.missing_providers, controller = excluded.controller,
                          connected_at = clock_timestamp(), heartbeat_at = clock_timestamp()
                        """)
                .bind("id", hello.getRunner())
                .bind("tenant", owner.tenant())
                .bind("actor", owner.actor())
                .bind("boot", plain(hello.getBootId()))
                .bind("version", plain(hello.getVersion()))
                .bind("protocol", hello.getProtocol())
                .bind("slots", hello.getSlots())
                .bind("engines", plain(hello.getEnginesList()))
                .bind("labels", plain(hello.getLabelsList()))
                .bind("weaker", plain(hello.getWeakerList()))
                .bind("host", plain(hello.getHost()))
                .bind("takesNone", plain(hello.getTakesNone()))
                .bind("usable", offers.usable().toArray(String[]::new))
                .bind("missing", offers.missingWords().toArray(String[]::new))
                .bind("controller", presence.id())
                .execute();
    }

    public void heard(String runner, long freeDiskBytes, String takesNone, Offers offers) {
        leases.useHandle(handle -> handle.createUpdate("""
                        update runner set heartbeat_at = clock_timestamp(), free_disk_bytes = :free, takes_none = :takesNone,
                          usable_providers = :usable, missing_providers = :missing
                        where id = :id
                        """)
                .bind("takesNone", plain(takesNone))
                .bind("usable", offers.usable().toArray(String[]::new))
                .bind("missing", offers.missingWords().toArray(String[]::new))
                .bind("id", runner)
                .bind("free", freeDiskBytes)
                .execute());
    }

    public List<Seen> all(String tenant) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select r.id, r.version, r.slots, r.engines, r.weaker, r.host, r.free_disk_bytes, r.takes_none,
                          r.heartbeat_at,
                          (select count(*) from task t where t.runner = r.id and t.state in %s) as used
                        from runner r where r.tenant = :tenant order by r.id
                        """.formatted(Stage.LIVE))
                .bind("tenant", tenant)
                .mapTo(Seen.class)
                .list());
    }

    private static String[] plain(List<String> texts) {
        return texts.stream().map(RunnerRows::plain).toArray(String[]::new);
    }

    private static String plain(String text) {
        String plain = text.replace("\0", "");
        return plain.length() <= 500 ? plain : plain.substring(0, 500);
    }
}
