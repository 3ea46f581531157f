package dev.belay.controller;

import dev.belay.controller.database.Database;
import dev.belay.controller.database.PooledDatabase;
import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.packs.DiskPackStore;
import dev.belay.controller.packs.History;
import dev.belay.controller.packs.PackLimits;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.RepositoryHistory;
import dev.belay.controller.peers.Presence;
import dev.belay.controller.postgres.KeptPostgres;
import dev.belay.controller.submit.ScriptCheck;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.script.ScriptParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;

/** The parts of a controller that have more than one make. This is the one place where they are chosen. */
public record Parts(Database database, PackStore packs, History history, ScriptCheck scripts, Timings timings) {

    /** @throws BelayException when the database cannot be reached or started */
    public static Parts of(Settings settings) {
        Path packs = settings.packs();
        try {
            Files.createDirectories(
                    settings.home(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            String process = settings.sharedPacks().isPresent() ? Presence.idIn(settings.home()) : "";
            PackStore store = new DiskPackStore(packs, process, PackLimits.defaults());
            return new Parts(
                    database(settings),
                    store,
                    new RepositoryHistory(packs),
                    (name, text) -> ScriptParser.parse(name, text).turns().size(),
                    Timings.standard());
        } catch (IOException failed) {
            throw notStarted("the store for packs in " + packs, failed);
        }
    }

    private static Database database(Settings settings) {
        return settings.database().map(PooledDatabase::external).orElseGet(() -> embedded(settings));
    }

    private static Database embedded(Settings settings) {
        try {
            DiskGuard.makeRoom(settings);
            return PooledDatabase.embedded(new Own(KeptPostgres.start(
                    settings.home().resolve("pg"), KeptPostgres.Pace.standard(), () -> DiskGuard.isRoom(settings))));
        } catch (IOException failed) {
            throw notStarted("the embedded database", failed);
        }
    }

    private record Own(KeptPostgres server) implements PooledDatabase.OwnServer {
        @Override
        public int port() {
            return server.port();
        }

        @Override
        public String user() {
            return server.user();
        }

        @Override
        public String password() {
            return server.password();
        }

        @Override
        public Database.Deaths deaths() {
            return new Database.Deaths(server.deaths(), server.lastEnd());
        }

        @Override
        public CompletableFuture<BelayException> lost() {
            return server.lost();
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private static BelayException notStarted(String what, IOException failed) {
        return BelayException.of(
                        ErrorCode.E_SETUP,
                        what + " did not start",
                        "the controller: " + failed.getMessage(),
                        "mend what is named, then: belay up")
                .causedBy(failed);
    }
}
