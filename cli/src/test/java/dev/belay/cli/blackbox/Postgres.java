package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL of this machine's distribution, as an administrator has it. A machine without one fails the test. */
final class Postgres implements AutoCloseable {
    static final String PASSWORD = "canary-of-the-database";
    private static final int PORTS = 2_000;
    private static final int FIRST_PORT =
            10_000 + (int) (ProcessHandle.current().pid() % 11) * PORTS;

    private static int nextPort;

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
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
    private final int port;
    private @Nullable Process running;

    private Postgres(Path folder, Path binaries, int port) {
        this.folder = folder;
        this.binaries = binaries;
        this.port = port;
    }

    static Postgres started() {
        try {
            Path folder = Files.createTempDirectory("belay-bb-pg-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            Postgres postgres = new Postgres(folder, newest(), freePort());
            postgres.initdb();
            postgres.up();
            return postgres;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Below those that the system gives away by itself, and apart from those of other test processes, until it is used. */
    static synchronized int freePort() {
        for (int tried = 0; tried < PORTS; tried++) {
            int port = FIRST_PORT + nextPort++ % PORTS;
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // The next one may not be.
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        throw new AssertionError("no port is free from " + FIRST_PORT + " on");
    }

    private static Path newest() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(VERSIONS)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(VERSIONS, "[0-9]*")) {
                versions.forEach(version -> found.add(version.resolve("bin")));
            }
        }
        return found.stream()
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                .max((one, other) -> one.toString().compareTo(other.toString()))
                .orElseThrow(() -> new IllegalStateException("this test needs the distribution's PostgreSQL in "
                        + VERSIONS + ": apt-get install postgresql"));
    }

    /** It refuses to be root, and it wants a user that has a name. */
    private static List<String> asSomebody() {
        return OrdinaryUser.isRoot()
                ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs")
                : List.of("unshare", "--user", "--map-user=65534", "--map-group=65534");
    }

    private void initdb() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path secret = Files.writeString(folder.resolve("secret"), PASSWORD + "\n");
        if (OrdinaryUser.isRoot()) {
            Sh.run("chown", "-R", "65534:65534", data.toString(), secret.toString());
        }
        List<String> command = new ArrayList<>(asSomebody());
        command.addAll(List.of(
                binaries.resolve("initdb").toString(),
                "--pgdata=" + data,
                "--username=belay",
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"));
        Sh.run(command.toArray(String[]::new));
    }

    /** Returns when it takes connections. */
    void up() {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(asSomebody());
        command.addAll(List.of("sh", "-c", UNTIL_THE_PIPE_BREAKS, "pg"));
        command.addAll(List.of(
                binaries.resolve("postgres").toString(),
                "-D",
                folder.resolve("data").toString(),
                "-clisten_addresses=127.0.0.1",
                "-cport=" + port,
                "-cunix_socket_directories="));
        try {
            running = begun(command);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!ready()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("PostgreSQL did not start: " + Files.readString(folder.resolve("log")));
                }
                // It does not begin beside a child of the one before, which ends by itself.
                if (!running.isAlive()) {
                    running = begun(command);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Process begun(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    private boolean ready() {
        try {
            // Named, because a uid without a name is refused by the library itself.
            Sh.run(binaries.resolve("pg_isready").toString(), "-U", "belay", "-h", "127.0.0.1", "-p", "" + port);
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    /** As a power cut would. */
    void kill() {
        try {
            String pid = Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .getFirst()
                    .strip();
            Sh.run("kill", "-KILL", pid);
            down();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void down() {
        Process wrapper = running;
        running = null;
        if (wrapper == null) {
            return;
        }
        try {
            wrapper.getOutputStream().close();
            if (!wrapper.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("PostgreSQL did not end; see " + folder);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    int port() {
        return port;
    }

    String url(String database) {
        return url(database, port);
    }

    /** By a detour. */
    String url(String database, int through) {
        return "postgresql://belay@127.0.0.1:" + through + "/" + database;
    }

    /** What a statement prints. */
    String sql(String statement) {
        return Sh.run(
                        "env",
                        "PGPASSWORD=" + PASSWORD,
                        binaries.resolve("psql").toString(),
                        "-tA",
                        "-d",
                        url("postgres"),
                        "-c",
                        statement)
                .strip();
    }

    @Override
    public void close() {
        down();
        Sh.run("rm", "-rf", folder.toString());
    }
}
