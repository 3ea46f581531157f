package dev.belay.controller.peers;

import dev.belay.controller.Settings;
import dev.belay.controller.Timings;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** That this controller lives, written where the others see it. Its name stays with its state directory. */
@Singleton
public final class Presence {
    /** Of a row {@code c}: it was heard of a moment ago. */
    public static final String LIVES = "c.heartbeat_at > clock_timestamp() - make_interval(secs => :lives)";

    private final Jdbi jdbi;
    private final Settings settings;
    private final Timings timings;
    private final String id;

    public Presence(Jdbi jdbi, Settings settings, Timings timings) throws IOException {
        this.jdbi = jdbi;
        this.settings = settings;
        this.timings = timings;
        this.id = idIn(settings.home());
    }

    /** The name of the controller whose state this directory holds; a new one where it holds none. */
    public static String idIn(Path home) throws IOException {
        Path file = home.resolve("id");
        if (!Files.exists(file)) {
            Path fresh = Files.writeString(file.resolveSibling("id.new"), UUID.randomUUID() + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }

    public String id() {
        return id;
    }

    /** For {@link #LIVES}. */
    public double livesSeconds() {
        return Timings.seconds(timings.reconnect());
    }

    /**
     * @param packs which store of packs it uses
     * @return whether others live on this database
     * @throws BelayException E_SETUP when one of them uses another store: each would miss what the others store
     */
    public boolean begin(String packs) {
        record Other(String id, String packs) {}
        return jdbi.inTransaction(handle -> {
            // Of two that begin together, the later one sees the other.
            handle.execute("select pg_advisory_xact_lock(x'62656c61'::int, x'6a6f696e'::int)");
            var others = handle.createQuery("select c.id, c.packs from controller c where c.id <> :me and " + LIVES)
                    .bind("me", id)
                    .bind("lives", livesSeconds())
                    .mapTo(Other.class)
                    .list();
            Optional<Other> stranger = others.stream()
                    .filter(other -> !other.packs().equals(packs))
                    .findFirst();
            if (stranger.isPresent()) {
                throw BelayException.of(
                        ErrorCode.E_SETUP,
                        "another controller on this database keeps its packs in another folder",
                        "controller: " + stranger.get().id()
                                + " was heard of a moment ago, and its packs are not those in " + settings.packs(),
                        "set BELAY_PACKS to one folder that all controllers of the database share");
            }
            handle.createUpdate("""
                            insert into controller (id, tenant, actor, version, packs)
                            values (:id, :tenant, :actor, :version, :packs)
                            on conflict (id) do update set version = excluded.version, packs = excluded.packs,
                              started_at = clock_timestamp(), heartbeat_at = clock_timestamp()
                            """)
                    .bind("id", id)
                    .bind("tenant", settings.owner().tenant())
                    .bind("actor", settings.owner().actor())
                    .bind("version", settings.version())
                    .bind("packs", packs)
                    .execute();
            return !others.isEmpty();
        });
    }

    /** To be called again and again. */
    public void beat() {
        jdbi.useHandle(
                handle -> handle.createUpdate("update controller set heartbeat_at = clock_timestamp() where id = :id")
                        .bind("id", id)
                        .execute());
    }

    /** The others need not wait to find out. */
    public void end() {
        jdbi.useTransaction(handle -> {
            handle.createUpdate("update controller set heartbeat_at = '-infinity' where id = :id")
                    .bind("id", id)
                    .execute();
            handle.createUpdate("update runner set controller = '' where controller = :id")
                    .bind("id", id)
                    .execute();
        });
    }
}
