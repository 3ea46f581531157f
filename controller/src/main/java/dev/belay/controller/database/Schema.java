package dev.belay.controller.database;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;

/** Brings a database to this version's tables, and gives it its first tenant and actor. */
public final class Schema {
    private Schema() {}

    public static void prepare(Database database, String tenant, String actor) {
        try {
            Flyway.configure()
                    .dataSource(database.dataSource())
                    .locations("classpath:db/migration")
                    .validateMigrationNaming(true)
                    .load()
                    .migrate();
        } catch (FlywayException refused) {
            throw BelayException.of(
                            ErrorCode.E_SETUP,
                            "the database's tables are not those of this version",
                            "Flyway: " + refused.getMessage(),
                            "start the version of Belay that last used this database, or name another one")
                    .causedBy(refused);
        }
        Jdbi.create(database.dataSource()).useTransaction(handle -> {
            handle.createUpdate("insert into tenant (tenant, actor) values (:tenant, :actor) on conflict do nothing")
                    .bind("tenant", tenant)
                    .bind("actor", actor)
                    .execute();
            handle.createUpdate("insert into actor (tenant, actor) values (:tenant, :actor) on conflict do nothing")
                    .bind("tenant", tenant)
                    .bind("actor", actor)
                    .execute();
        });
    }
}
