package dev.belay.controller.runners;

import dev.belay.controller.database.Database;
import dev.belay.controller.peers.Presence;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/** Runners whose session another controller on the same database has. */
@Singleton
public final class Elsewhere {
    private static final String SESSIONS = """
            select r.id as name, r.boot_id, r.slots, r.takes_none, r.weaker, r.usable_providers, r.missing_providers
            from runner r join controller c on c.id = r.controller
            where r.controller <> :me and\s""" + Presence.LIVES;

    private final Jdbi jdbi;
    private final Fleet fleet;
    private final Presence presence;
    private final boolean shared;
    private volatile List<KnownRunner> seen = List.of();

    public Elsewhere(Jdbi jdbi, Fleet fleet, Presence presence, Database database) {
        this.jdbi = jdbi;
        this.fleet = fleet;
        this.presence = presence;
        this.shared = database.shared();
    }

    record Session(
            String name,
            String bootId,
            int slots,
            String takesNone,
            List<String> weaker,
            List<String> usableProviders,
            List<String> missingProviders)
            implements KnownRunner {
        @Override
        public Offers offers() {
            return Offers.stored(usableProviders, missingProviders);
        }
    }

    /** To be called again and again: looks who they are, and says who is here. */
    public void refresh() {
        seen = jdbi.withHandle(handle -> List.copyOf(
                asked(handle.createQuery(SESSIONS)).mapTo(Session.class).list()));
        forget();
        String[] here = fleet.all().stream().map(ConnectedRunner::name).toArray(String[]::new);
        jdbi.useHandle(handle -> handle.createUpdate(
                        "update runner set controller = :me where controller = '' and id = any(:here)")
                .bind("me", presence.id())
                .bind("here", here)
                .execute());
    }

    /**
     * Nobody is to think that a runner is here that has gone. Who is here is looked at after the rows were read, and a
     * row is changed as it was read alone: a runner that comes meanwhile is nowhere said to be away.
     */
    private void forget() {
        record Seen(String id, Instant connectedAt) {}
        List<Seen> gone = jdbi
                .withHandle(handle -> handle.createQuery("select id, connected_at from runner where controller = :me")
                        .bind("me", presence.id())
                        .mapTo(Seen.class)
                        .list())
                .stream()
                .filter(seen -> !fleet.expects(seen.id()))
                .toList();
        for (Seen runner : gone) {
            jdbi.useHandle(handle -> handle.createUpdate("""
                            update runner set controller = ''
                            where id = :id and controller = :me and connected_at = :connectedAt
                            """)
                    .bind("id", runner.id())
                    .bind("me", presence.id())
                    .bind("connectedAt", runner.connectedAt())
                    .execute());
        }
    }

    private Query asked(Query query) {
        return query.bind("me", presence.id()).bind("lives", presence.livesSeconds());
    }

    /** As of the last look. */
    public List<KnownRunner> all() {
        return seen;
    }

    /** Those that are connected to any controller. */
    public List<KnownRunner> andHere() {
        List<ConnectedRunner> here = fleet.all();
        List<String> names = here.stream().map(ConnectedRunner::name).toList();
        return Stream.concat(here.stream(), seen.stream().filter(other -> !names.contains(other.name())))
                .<KnownRunner>map(runner -> runner)
                .toList();
    }

    /** As it is now. */
    public Optional<KnownRunner> find(String name) {
        return shared
                ? jdbi.withHandle(handle -> asked(handle.createQuery(SESSIONS + " and r.id = :name"))
                        .bind("name", name)
                        .mapTo(Session.class)
                        .findOne()
                        .map(session -> session))
                : Optional.empty();
    }
}
