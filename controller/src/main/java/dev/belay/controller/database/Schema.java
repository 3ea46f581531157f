package dev.belay.controller.database;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jdbi.v3.core.Jdbi;

/** Brings a database to this version's tables, and gives it its first tenant and actor. */
public final class Schema {
    /** {@code belay} and {@code schema}, so that it meets no lock of another program's. */
    private static final String ONE_AT_A_TIME =
            "set local lock_timeout = '60s'; select pg_advisory_xact_lock(x'62656c61'::int, x'79736368'::int)";

    private Schema() {}

    /**
     * Controllers that start together take turns. The tables of a newer version are left as they are: a controller that
     * runs already goes on with them, one that starts does not.
     *
     * @throws BelayException E_SETUP
     */
    public static void prepare(Database database, String tenant, String actor) {
        try (Connection turn = database.unpooled().getConnection()) {
            turn.setAutoCommit(false);
            try (Statement statement = turn.createStatement()) {
                statement.execute(ONE_AT_A_TIME);
                migrate(database, mayCreate(statement));
                owner(database, tenant, actor);
            } finally {
                turn.rollback();
            }
        } catch (SQLException failed) {
            throw DatabaseFailure.away(failed).orElseGet(() -> unprepared(failed));
        }
    }

    /** Asked first: Flyway tries for ten seconds before it says so. */
    private static boolean mayCreate(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("select coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void migrate(Database database, boolean mayCreate) {
        try {
            Flyway flyway = Flyway.configure()
                    .dataSource(database.unpooled())
                    .locations("classpath:db/migration")
                    .validateMigrationNaming(true)
                    .load();
            Optional<MigrationInfo> newer = Arrays.stream(flyway.info().applied())
                    .filter(one -> one.getState() == MigrationState.FUTURE_SUCCESS)
                    .reduce((one, other) -> other);
            if (newer.isPresent()) {
                throw BelayException.of(
                        ErrorCode.E_SETUP,
                        "the database's tables are those of a newer version of Belay",
                        "controller: they have change " + newer.get().getVersion() + " ("
                                + newer.get().getDescription()
                                + "), which this version does not know; nothing in it was touched",
                        "start the version of Belay that last used this database, or a newer one");
            }
            if (flyway.info().pending().length > 0 && !mayCreate) {
                throw DatabaseFailure.setup(
                        "the database's user may not do what Belay needs there",
                        "PostgreSQL: it may make no tables in the database's schema",
                        "make it the owner: alter database NAME owner to USER");
            }
            flyway.migrate();
        } catch (FlywayException refused) {
            throw unprepared(refused);
        }
    }

    private static BelayException unprepared(Exception refused) {
        return DatabaseFailure.notPermitted(refused)
                .orElseGet(() -> BelayException.of(
                                ErrorCode.E_SETUP,
                                "the database's tables are not those of this version",
                                "controller: "
                                        + String.valueOf(refused.getMessage()).replaceAll("\\s+", " "),
                                "start the version of Belay that last used this database, or name another one")
                        .causedBy(refused));
    }

    private static void owner(Database database, String tenant, String actor) {
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
