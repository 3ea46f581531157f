package dev.belay.controller.database;

import dev.belay.proto.error.BelayException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

/** A PostgreSQL that answers. Closing it closes what was opened here, and ends a server that was started here. */
public interface Database extends AutoCloseable {
    DataSource dataSource();

    /** Connections of their own for what keeps runners alive: it waits for no slow question of anybody's. */
    DataSource leases();

    /** A new connection at every call, for what keeps one, or may take long. */
    DataSource unpooled();

    /** {@code embedded}, or {@code external}. */
    String kind();

    /** Whether other controllers may use it too. */
    default boolean shared() {
        return kind().equals("external");
    }

    /** The server's version, {@code 18.6}. */
    String version();

    /** How often the server died and was started again by this process, and how it ended the last time. */
    record Deaths(int count, String last) {
        public static final Deaths NONE = new Deaths(0, "");
    }

    default Deaths deaths() {
        return Deaths.NONE;
    }

    /** Completes when the server is not started again, and this process had better end. */
    default CompletableFuture<BelayException> lost() {
        return new CompletableFuture<>();
    }

    @Override
    void close();
}
