package dev.belay.controller.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.belay.proto.error.BelayException;
import java.io.Serial;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    private final Optional<OwnServer> own;
    private final String version;
    private final Runnable afterwards;

    private PooledDatabase(
            DatabaseAddress address, Optional<OwnServer> own, DatabaseServer server, Runnable afterwards) {
        this.own = own;
        this.pool = pool(address, own, server, "belay", CONNECTIONS);
        this.leases = pool(address, own, server, "belay-leases", LEASES);
        this.unpooled = source(address, own, unkept(server, Map.of("connectTimeout", CONNECT_SECONDS)));
        this.version = server.version();
        this.afterwards = afterwards;
    }

    /**
     * The server that the administrator runs.
     *
     * @throws BelayException when it cannot be used, or nothing answered as long as the address says
     */
    public static Database external(DatabaseAddress address) {
        DatabaseServer server = reached(address, Optional.empty());
        if (server.pooled()) {
            LOG.info("{} is a pooler: no statement is kept prepared", address.where());
        }
        return new PooledDatabase(address, Optional.empty(), server, () -> {});
    }

    /** A server that this process started, starts again when it dies, and ends. */
    public interface OwnServer {
        /** As it is now. */
        int port();

        String user();

        String password();

        Deaths deaths();

        CompletableFuture<BelayException> lost();

        void close();
    }

    public static Database embedded(OwnServer server) {
        DatabaseAddress address = DatabaseAddress.parse(
                "postgresql://" + server.user() + "@127.0.0.1:" + server.port() + "/postgres",
                Optional.of(server.password()));
        try {
            return new PooledDatabase(
                    address, Optional.of(server), reached(address, Optional.of(server)), server::close);
        } catch (RuntimeException notReached) {
            server.close();
            throw notReached;
        }
    }

    private static DatabaseServer reached(DatabaseAddress address, Optional<OwnServer> own) {
        DataSource source = source(address, own, Map.of("connectTimeout", CONNECT_SECONDS));
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

    /** Statements that are kept stay with one connection of the server's, and behind a pooler the next may be another. */
    private static Map<String, String> unkept(DatabaseServer server, Map<String, String> usual) {
        Map<String, String> all = new HashMap<>(usual);
        if (server.pooled()) {
            all.put("prepareThreshold", "0");
        }
        return all;
    }

    private static DataSource source(DatabaseAddress address, Optional<OwnServer> own, Map<String, String> usual) {
        PGSimpleDataSource source =
                own.<PGSimpleDataSource>map(OfOwnServer::new).orElseGet(PGSimpleDataSource::new);
        source.setURL(address.jdbcUrl());
        source.setUser(address.user());
        source.setPassword(address.password().orElse(null));
        driverDefaults(address, usual).forEach((name, value) -> {
            try {
                source.setProperty(name, value);
            } catch (SQLException notOne) {
                throw new IllegalArgumentException(name, notOne);
            }
        });
        return source;
    }

    /** It may have come back on another port. */
    private static final class OfOwnServer extends PGSimpleDataSource {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient OwnServer server;

        OfOwnServer(OwnServer server) {
            this.server = server;
        }

        @java.lang.Override
        public Connection getConnection() throws SQLException {
            String url;
            synchronized (this) {
                setPortNumbers(new int[] {server.port()});
                url = getUrl();
            }
            return DriverManager.getConnection(url, getUser(), getPassword());
        }
    }

    private static HikariDataSource pool(
            DatabaseAddress address, Optional<OwnServer> own, DatabaseServer server, String name, int connections) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source(
                address,
                own,
                unkept(
                        server,
                        Map.of(
                                "connectTimeout", CONNECT_SECONDS,
                                "socketTimeout", SILENCE_SECONDS,
                                "reWriteBatchedInserts", "true"))));
        config.setPoolName(name);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_MILLIS);
        config.setExceptionOverride(new OfAnotherServer());
        // The server was reached a moment ago; one that went away again is waited for like one that goes later.
        config.setInitializationFailTimeout(-1);
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
        return own.isPresent() ? "embedded" : "external";
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Deaths deaths() {
        return own.map(OwnServer::deaths).orElse(Deaths.NONE);
    }

    @Override
    public CompletableFuture<BelayException> lost() {
        return own.map(OwnServer::lost).orElseGet(CompletableFuture::new);
    }

    @Override
    public void close() {
        pool.close();
        leases.close();
        afterwards.run();
    }
}
