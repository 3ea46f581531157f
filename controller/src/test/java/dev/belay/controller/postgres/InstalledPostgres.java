package dev.belay.controller.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server of the PostgreSQL that this machine's distribution has, with a database of its own: what an administrator
 * would name by BELAY_DATABASE_URL. It ends with this JVM. A machine without one fails the test that wants it.
 */
public final class InstalledPostgres implements AutoCloseable {
    public static final String USER = "postgres";
    public static final String PASSWORD = "only for tests";
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** The server ends with the pipe, and the shell with the server. */
    private static final String UNTIL_THE_PIPE_BREAKS = """
            exec 3<&0
            "$@" </dev/null 3<&- & server=$!
            { cat <&3 >/dev/null; kill -INT $server; } 2>/dev/null &
            wait $server; code=$?
            kill $! 2>/dev/null
            exit $code
            """;

    private final Path folder;
    private final Path binaries;
    private final ServerAccount account;
    private final int port;
    private @Nullable Process running;

    private InstalledPostgres(Path folder, Path binaries, ServerAccount account, int port) {
        this.folder = folder;
        this.binaries = binaries;
        this.account = account;
        this.port = port;
    }

    /** A server that is up. */
    public static InstalledPostgres start() {
        InstalledPostgres server = made();
        server.up();
        return server;
    }

    /** One that is not up yet. */
    public static InstalledPostgres made() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path folder = Files.createTempDirectory("belay-installed-pg-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            InstalledPostgres server =
                    new InstalledPostgres(folder, newest(), ServerAccount.choose(), free.getLocalPort());
            server.initdb();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path newest() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(VERSIONS)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(VERSIONS, "[0-9]*")) {
                for (Path version : versions) {
                    if (Files.isExecutable(version.resolve("bin/initdb"))) {
                        found.add(version.resolve("bin"));
                    }
                }
            }
        }
        return found.stream()
                .max((one, other) -> one.toString().compareTo(other.toString()))
                .orElseThrow(() -> new IllegalStateException("this test needs the distribution's PostgreSQL in "
                        + VERSIONS + ": apt-get install postgresql"));
    }

    private void initdb() throws IOException {
        Path cluster = Files.createDirectory(folder.resolve("data"));
        Files.setPosixFilePermissions(cluster, PosixFilePermissions.fromString("rwx------"));
        Path secret = Files.writeString(folder.resolve("secret"), PASSWORD + "\n");
        account.own(cluster);
        account.own(secret);
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(List.of(
                binaries.resolve("initdb").toString(),
                "--pgdata=" + cluster,
                "--username=" + USER,
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions"));
        try {
            int exit = EmbeddedPostgres.command(command, log()).start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("initdb ended with " + exit + ": " + Files.readString(log()));
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    /** Returns when it accepts connections. */
    public void up() {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(account.prefix());
        command.addAll(List.of("sh", "-c", UNTIL_THE_PIPE_BREAKS, "pg"));
        command.addAll(List.of(
                binaries.resolve("postgres").toString(),
                "-D",
                folder.resolve("data").toString(),
                "-clisten_addresses=127.0.0.1",
                "-cport=" + port,
                "-cunix_socket_directories=",
                "-cmax_connections=100",
                "-cautovacuum=off"));
        running = begun(command);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (Connection connection = DriverManager.getConnection(url("postgres"))) {
                if (connection.isValid(5)) {
                    return;
                }
            } catch (SQLException notYet) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("it did not come up: " + lastWords(), notYet);
                }
            }
            again(command);
        }
    }

    private String lastWords() {
        try {
            String all = Files.readString(log());
            return all.substring(Math.max(0, all.length() - 2_000));
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    private Process begun(List<String> command) {
        try {
            return EmbeddedPostgres.command(command, log()).start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * Whoever dials a port that nobody has, this included, may for a moment have it: then the server ends at its start,
     * and so it does beside a child of the one before.
     */
    private void again(List<String> command) {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        Process server = running;
        if (server == null || !server.isAlive()) {
            running = begun(command);
        }
    }

    /** Ends it as a power cut would. */
    public void kill() {
        try {
            long pid = Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .getFirst()
                    .strip());
            Leftover.signal(pid, "KILL");
            down();
            // Its children notice by themselves; the server after it does not begin beside one of them.
            Leftover.stop(folder.resolve("data"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends it in order. */
    public void down() {
        Process wrapper = running;
        if (wrapper == null) {
            return;
        }
        running = null;
        try {
            wrapper.getOutputStream().close();
            if (!wrapper.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("it did not end, see " + log());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    public int port() {
        return port;
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER + "&password="
                + PASSWORD.replace(" ", "%20");
    }

    @Override
    public void close() {
        down();
        try {
            PostgresBinaries.delete(folder);
        } catch (IOException failed) {
            System.err.println("not cleaned up: " + failed);
        }
    }

    /** One statement in a database of it. */
    public void execute(String database, String sql) {
        try (Connection connection = DriverManager.getConnection(url(database));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
