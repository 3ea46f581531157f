package dev.belay.controller.database;

import dev.belay.proto.error.BelayException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.PGConnection;

/**
 * What a server says of itself.
 *
 * @param number {@code 150018} for 15.18
 * @param pooled whether somebody stands between, who hands its connections round
 */
record DatabaseServer(int number, String version, boolean readOnly, String encoding, boolean pooled) {
    private static final int LEAST = 13;

    static DatabaseServer of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select current_setting('server_version_num')::int, current_setting('server_version'),
                          pg_is_in_recovery() or current_setting('transaction_read_only')::boolean,
                          current_setting('server_encoding'), pg_backend_pid()
                        """)) {
            row.next();
            return new DatabaseServer(
                    row.getInt(1),
                    row.getString(2).split(" ", 2)[0],
                    row.getBoolean(3),
                    row.getString(4),
                    // A pooler greets with a number of its own making.
                    row.getInt(5) != connection.unwrap(PGConnection.class).getBackendPID());
        }
    }

    /** Why Belay cannot use it. */
    Optional<BelayException> unfit(DatabaseAddress address) {
        if (number < LEAST * 10_000) {
            return Optional.of(DatabaseFailure.setup(
                    "the database at " + address.where() + " is PostgreSQL " + version,
                    "controller: Belay needs PostgreSQL " + LEAST + " or later",
                    "upgrade that server, or name another one in BELAY_DATABASE_URL"));
        }
        if (readOnly) {
            return Optional.of(DatabaseFailure.setup(
                    "the database at " + address.where() + " takes no writes",
                    "PostgreSQL: it is a standby, or its transactions are read-only",
                    "name the primary in BELAY_DATABASE_URL; HOST,HOST with ?targetServerType=primary finds it"));
        }
        if (!encoding.equals("UTF8")) {
            return Optional.of(DatabaseFailure.setup(
                    "the database " + address.database() + " cannot hold every text",
                    "PostgreSQL: its encoding is " + encoding + ", and Belay needs UTF8",
                    "create database " + address.database() + "2 encoding 'UTF8' template template0"));
        }
        return Optional.empty();
    }
}
