package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The distribution's PgBouncer before a PostgreSQL, as administrators have it: whose turn it is has some connection. */
final class Pooler implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final Process process;

    private Pooler(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Returns when it takes connections. */
    static Pooler before(Postgres postgres) {
        try {
            Path folder = Files.createTempDirectory("belay-bb-pooler-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            int port = Postgres.freePort();
            Path users = Files.writeString(folder.resolve("users"), "\"belay\" \"" + Postgres.PASSWORD + "\"\n");
            Path settings =
                    Files.writeString(folder.resolve("pgbouncer.ini"), """
                    [databases]
                    * = host=127.0.0.1 port=%d
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = scram-sha-256
                    auth_file = %s
                    pool_mode = transaction
                    default_pool_size = 6
                    server_round_robin = 1
                    ignore_startup_parameters = extra_float_digits
                    """.formatted(postgres.port(), port, users));
            List<String> command = new ArrayList<>();
            if (OrdinaryUser.isRoot()) {
                Sh.run("chown", "65534:65534", users.toString(), settings.toString());
                command.addAll(
                        List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"));
            }
            command.addAll(List.of("/usr/sbin/pgbouncer", settings.toString()));
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            Pooler pooler = new Pooler(folder, port, process);
            pooler.awaitConnections();
            return pooler;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void awaitConnections() {
        LocalSystem.until("the pooler takes connections", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("it ended: " + said());
            }
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the pooler did not end: " + said());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
        Sh.run("rm", "-rf", folder.toString());
    }
}
