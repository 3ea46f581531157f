package dev.belay.controller.testing;

import dev.belay.controller.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL for a run of tests, a fresh database for whoever asks: the same server that the controller embeds, so
 * that a test needs nothing that the product does not bring. It ends with this JVM.
 */
public final class TestPostgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static final class Only {
        static final EmbeddedPostgres SERVER = start();
    }

    private TestPostgres() {}

    /** The address of an empty database. */
    public static String freshDatabase() {
        String name = "t" + DATABASES.incrementAndGet();
        execute("create database " + name);
        return Only.SERVER.jdbcUrl().replaceFirst("/postgres$", "/" + name) + "?user=" + Only.SERVER.user()
                + "&password=" + Only.SERVER.password();
    }

    private static EmbeddedPostgres start() {
        try {
            Path folder = Files.createTempDirectory("belay-pg-");
            EmbeddedPostgres server = EmbeddedPostgres.start(folder.resolve("pg"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, folder)));
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void stop(EmbeddedPostgres server, Path folder) {
        try {
            server.close();
            Folders.delete(folder);
        } catch (IOException ending) {
            System.err.println("the test database was not cleaned up: " + ending);
        }
    }

    private static void execute(String sql) {
        EmbeddedPostgres server = Only.SERVER;
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
