package dev.belay.controller.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.belay.proto.error.BelayException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small pools of connections to one server. */
public final class PooledDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(PooledDatabase.class);

    private static final int CONNECTIONS = 8;
    private static final int LEASES = 2;
    private static final long CONNECTION_MILLIS = 3_000;
    private static final long BETWEEN_TRIES = Duration.ofMillis(250).toNanos();

    /** An answer that takes longer is from a server that is gone. */
    private static final String SILENCE_SECONDS = "30";

    private static final String CONNECT_SECONDS = "5";

    private final HikariDataSource pool;
    private final HikariDataSource leases;
    private final DataSource unpooled;
    private final String kind;
    private final String version;
    private final Runnable afterwards;

    private PooledDatabase(DatabaseAddress address, String kind, String version, Runnable afterwards) {
        this.pool = pool(address, "belay", CONNECTIONS);
        this.leases = pool(address, "belay-leases", LEASES);
        this.unpooled = unpooled(address);
        this.kind = kind;
        this.version = version;
        this.afterwards = afterwards;
    }

    /**
     * The server that the administrator runs.
     *
     * @throws BelayException when it cannot be used, or nothing answered as long as the address says
     */
    public static Database external(DatabaseAddress address) {
        return new PooledDatabase(address, "external", reached(address).version(), () -> {});
    }

    /** The server that this process started; {@code stop} ends it. */
    public static Database embedded(String jdbcUrl, String user, String password, Runnable stop) {
        DatabaseAddress parsed = DatabaseAddress.parse(jdbcUrl + "?user=" + user, Optional.of(password));
        try {
            return new PooledDatabase(parsed, "embedded", reached(parsed).version(), stop);
        } catch (RuntimeException notReached) {
            stop.run();
            throw notReached;
        }
    }

    private static DatabaseServer reached(DatabaseAddress address) {
        DataSource source = unpooled(address);
        long deadline = System.nanoTime() + address.patience().toNanos();
        boolean said = false;
        while (true) {
            try (Connection connection = source.getConnection()) {
                DatabaseServer server = DatabaseServer.of(connection);
                Optional<BelayException> unfit = server.unfit(address);
                if (unfit.isPresent()) {
                    throw unfit.get();
                }
                return server;
            } catch (SQLException failed) {
                BelayException refusal = DatabaseFailure.refusal(address, failed);
                if (!DatabaseFailure.mayPass(failed)
                        || System.nanoTime() >= deadline
                        || Thread.currentThread().isInterrupted()) {
                    throw refusal;
                }
                if (!said) {
                    LOG.warn(
                            "{}: {}; trying again for {} s",
                            refusal.what(),
                            refusal.why(),
                            address.patience().toSeconds());
                    said = true;
                }
                LockSupport.parkNanos(BETWEEN_TRIES);
            }
        }
    }

    private static DataSource unpooled(DatabaseAddress address) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(address.jdbcUrl());
        source.setUser(address.user());
        source.setPassword(address.password().orElse(null));
        driverDefaults(address, Map.of("connectTimeout", CONNECT_SECONDS)).forEach((name, value) -> {
            try {
                source.setProperty(name, value);
            } catch (SQLException notOne) {
                throw new IllegalArgumentException(name, notOne);
            }
        });
        return source;
    }

    private static HikariDataSource pool(DatabaseAddress address, String name, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(address.jdbcUrl());
        config.setUsername(address.user());
        config.setPassword(address.password().orElse(null));
        config.setPoolName(name);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_MILLIS);
        config.setExceptionOverride(new OfAnotherServer());
        // The server was reached a moment ago; one that went away again is waited for like one that goes later.
        config.setInitializationFailTimeout(-1);
        driverDefaults(
                        address,
                        Map.of(
                                "connectTimeout", CONNECT_SECONDS,
                                "socketTimeout", SILENCE_SECONDS,
                                "reWriteBatchedInserts", "true"))
                .forEach(config::addDataSourceProperty);
        return new HikariDataSource(config);
    }

    /** What the address says itself counts. */
    private static Map<String, String> driverDefaults(DatabaseAddress address, Map<String, String> some) {
        Map<String, String> all = new HashMap<>(some);
        all.put("ApplicationName", "belay");
        all.put("tcpKeepAlive", "true");
        all.keySet().removeAll(address.options().keySet());
        return all;
    }

    /** A server that became a standby keeps its connections open, and none of them is of use any more. */
    private static final class OfAnotherServer implements SQLExceptionOverride {
        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return "25006".equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }

    @Override
    public DataSource dataSource() {
        return pool;
    }

    @Override
    public DataSource leases() {
        return leases;
    }

    @Override
    public DataSource unpooled() {
        return unpooled;
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
        leases.close();
        afterwards.run();
    }
}
