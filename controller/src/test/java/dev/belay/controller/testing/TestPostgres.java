package dev.belay.controller.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One PostgreSQL for a run of tests, a fresh database for whoever asks. It ends with this JVM. */
public final class TestPostgres {
    private static final Path BIN = Path.of(System.getProperty("belay.test.postgres", "/usr/lib/postgresql/15/bin"));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static final class Only {
        static final TestPostgres SERVER = start();
    }

    private final int port;

    private TestPostgres(int port) {
        this.port = port;
    }

    /** The address of an empty database. */
    public static String freshDatabase() {
        String name = "t" + DATABASES.incrementAndGet();
        TestPostgres server = Only.SERVER;
        try (Connection connection = DriverManager.getConnection(server.url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
        return server.url(name);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
    }

    private static TestPostgres start() {
        try {
            Path folder = Files.createTempDirectory("belay-pg-");
            Path data = folder.resolve("data");
            run(List.of("chmod", "0755", folder.toString()));
            run(List.of("install", "-d", "-m", "0700", data.toString()));
            if (root()) {
                run(List.of("chown", "65534:65534", data.toString()));
            }
            run(as(List.of(
                    BIN.resolve("initdb").toString(),
                    "-D",
                    data.toString(),
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "--no-sync",
                    "--locale=C.UTF-8",
                    "-E",
                    "UTF8")));
            int port = freePort();
            Process server = new ProcessBuilder(as(List.of(
                            BIN.resolve("postgres").toString(),
                            "-D",
                            data.toString(),
                            "-p",
                            String.valueOf(port),
                            "-c",
                            "listen_addresses=127.0.0.1",
                            "-c",
                            "unix_socket_directories=",
                            "-c",
                            "fsync=off",
                            "-c",
                            "shared_buffers=32MB",
                            "-c",
                            "max_connections=100")))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, folder)));
            TestPostgres started = new TestPostgres(port);
            started.awaitReady(server, folder.resolve("log"));
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private void awaitReady(Process server, Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (Connection connection = DriverManager.getConnection(url("postgres"))) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException notYet) {
                if (System.nanoTime() > deadline || server.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException("PostgreSQL did not start: " + Files.readString(log), notYet);
                }
            }
        }
    }

    private static void stop(Process server, Path folder) {
        server.destroy();
        try {
            server.waitFor(10, TimeUnit.SECONDS);
            try (Stream<Path> all = Files.walk(folder)) {
                List<Path> deepestFirst = new ArrayList<>(all.toList());
                for (Path path : deepestFirst.reversed()) {
                    Files.delete(path);
                }
            }
        } catch (IOException | InterruptedException ending) {
            System.err.println("the test database was not cleaned up: " + ending);
        }
    }

    /** PostgreSQL does not run as root. */
    private static List<String> as(List<String> command) {
        if (!root()) {
            return command;
        }
        List<String> all =
                new ArrayList<>(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
        all.addAll(command);
        return all;
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " failed: " + output);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
