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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL for a run of tests, an empty database for whoever asks: the same server that the controller embeds, so
 * that a test needs nothing that the product does not bring. It ends with this JVM.
 */
public final class TestPostgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    /** Databases with the controller's tables, which nobody uses any more. */
    private static final Queue<String> USED = new ConcurrentLinkedQueue<>();

    private static final class Only {
        static final EmbeddedPostgres SERVER = start();
    }

    private TestPostgres() {}

    /** The address of an empty database. */
    public static String freshDatabase() {
        String name = "t" + DATABASES.incrementAndGet();
        execute(url("postgres"), "create database " + name);
        return url(name);
    }

    /** The address of a database without a row; it may have the controller's tables already. */
    static String emptyDatabase() {
        String used = USED.poll();
        if (used == null) {
            return freshDatabase();
        }
        execute(used, "truncate tenant cascade");
        return used;
    }

    /** Lets another test have it. */
    static void giveBack(String url) {
        USED.add(url);
    }

    /** A test need not survive a power cut, so its commits do not wait for the disk. */
    private static String url(String name) {
        return Only.SERVER.jdbcUrl().replaceFirst("/postgres$", "/" + name) + "?user=" + Only.SERVER.user()
                + "&password=" + Only.SERVER.password() + "&options=-c%20synchronous_commit=off";
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

    private static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
