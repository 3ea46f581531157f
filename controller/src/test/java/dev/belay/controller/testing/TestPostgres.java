package dev.belay.controller.testing;

import dev.belay.controller.database.DatabaseAddress;
import dev.belay.controller.postgres.EmbeddedPostgres;
import dev.belay.controller.postgres.InstalledPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL for a run of tests, an empty database for whoever asks: the same server that the controller embeds, so
 * that a test needs nothing that the product does not bring; within {@link OnInstalledPostgres}, the distribution's. It
 * ends with this JVM.
 */
public final class TestPostgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    /** By server: databases with the controller's tables, which nobody uses any more. */
    private static final Map<String, Queue<String>> USED = new ConcurrentHashMap<>();

    private static volatile boolean installed;

    private static final class Embedded {
        static final EmbeddedPostgres SERVER = start();
    }

    private static final class Installed {
        static final InstalledPostgres SERVER = InstalledPostgres.start();
    }

    private TestPostgres() {}

    /** Whether databases come from the distribution's server from now on. */
    static void useInstalled(boolean wanted) {
        installed = wanted;
    }

    /** The address of an empty database. */
    public static String freshDatabase() {
        String name = "t" + DATABASES.incrementAndGet();
        execute(url("postgres"), "create database " + name);
        return url(name);
    }

    /** The same as the controller reads it. */
    public static DatabaseAddress address(String url) {
        return DatabaseAddress.parse(url, Optional.empty());
    }

    /** The address of a database without a row; it may have the controller's tables already. */
    static String emptyDatabase() {
        String used = used(url("postgres")).poll();
        if (used == null) {
            return freshDatabase();
        }
        execute(used, "truncate tenant cascade");
        return used;
    }

    /** Lets another test have it. */
    static void giveBack(String url) {
        used(url).add(url);
    }

    private static Queue<String> used(String url) {
        return USED.computeIfAbsent(address(url).where(), server -> new ConcurrentLinkedQueue<>());
    }

    /** A test need not survive a power cut, so its commits do not wait for the disk. */
    private static String url(String name) {
        String url = installed
                ? Installed.SERVER.url(name)
                : Embedded.SERVER.jdbcUrl().replaceFirst("/postgres$", "/" + name) + "?user=" + Embedded.SERVER.user()
                        + "&password=" + Embedded.SERVER.password();
        return url + "&options=-c%20synchronous_commit=off";
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
