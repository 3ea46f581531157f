package dev.belay.controller;

import dev.belay.controller.database.Database;
import dev.belay.controller.database.PooledDatabase;
import dev.belay.controller.packs.History;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.submit.ScriptCheck;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;

/** The parts of a controller that have more than one make. This is the one place where they are chosen. */
public record Parts(Database database, PackStore packs, History history, ScriptCheck scripts, Timings timings) {

    /** @throws BelayException when the database cannot be reached or started */
    public static Parts of(Settings settings) {
        throw BelayException.of(
                ErrorCode.E_SETUP,
                "this build has no store for packs",
                "the controller was built without it: " + settings.home().resolve("packs") + " would be its place",
                "build Belay whole");
    }

    private static Database database(Settings settings) {
        return settings.databaseUrl().map(PooledDatabase::external).orElseGet(() -> {
            throw BelayException.of(
                    ErrorCode.E_SETUP,
                    "this build has no embedded database",
                    "the controller was built without it",
                    "set BELAY_DATABASE_URL to jdbc:postgresql://HOST:PORT/NAME?user=…&password=…");
        });
    }
}
