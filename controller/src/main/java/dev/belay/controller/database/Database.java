package dev.belay.controller.database;

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

    @Override
    void close();
}
