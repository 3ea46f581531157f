package dev.belay.controller.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A small pool of connections to one server. */
public final class PooledDatabase implements Database {
    private static final int CONNECTIONS = 8;

    private final HikariDataSource pool;
    private final String kind;
    private final String version;
    private final Runnable afterwards;

    private PooledDatabase(HikariDataSource pool, String kind, String version, Runnable afterwards) {
        this.pool = pool;
        this.kind = kind;
        this.version = version;
        this.afterwards = afterwards;
    }

    /** The server that the administrator runs. */
    public static Database external(String jdbcUrl) {
        if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "BELAY_DATABASE_URL is not the address of a PostgreSQL",
                    "the controller takes jdbc:postgresql://HOST:PORT/NAME?user=…&password=…",
                    "unset BELAY_DATABASE_URL to use the embedded database");
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        return open(config, "external", () -> {});
    }

    /** The server that this process started; {@code stop} ends it. */
    public static Database embedded(String jdbcUrl, String user, String password, Runnable stop) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        return open(config, "embedded", stop);
    }

    private static Database open(HikariConfig config, String kind, Runnable afterwards) {
        config.setPoolName("belay");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(10_000);
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.addDataSourceProperty("ApplicationName", "belay");
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(config);
        } catch (RuntimeException notReached) {
            afterwards.run();
            throw unreachable(notReached);
        }
        try (Connection connection = pool.getConnection()) {
            String version =
                    connection.getMetaData().getDatabaseProductVersion().split(" ")[0];
            return new PooledDatabase(pool, kind, version, afterwards);
        } catch (SQLException notReached) {
            pool.close();
            afterwards.run();
            throw unreachable(notReached);
        }
    }

    private static BelayException unreachable(Exception cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return BelayException.of(
                        ErrorCode.E_UNREACHABLE,
                        "the database does not answer",
                        "PostgreSQL: " + root.getMessage(),
                        "check BELAY_DATABASE_URL and that the server runs")
                .causedBy(cause);
    }

    @Override
    public DataSource dataSource() {
        return pool;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void close() {
        pool.close();
        afterwards.run();
    }
}
