package dev.belay.controller.database;

import javax.sql.DataSource;

/** A PostgreSQL that answers. Closing it closes what was opened here, and ends a server that was started here. */
public interface Database extends AutoCloseable {
    DataSource dataSource();

    /** {@code embedded}, or {@code external}. */
    String kind();

    /** The server's version, {@code 18.6}. */
    String version();

    @Override
    void close();
}
