package dev.belay.controller.postgres;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of our own, on loopback, with a password, as durable as any other. It ends with this process,
 * however this process ends: the server is the child of a shell that waits on a pipe whose other end only we hold, and
 * shuts the server down when the pipe breaks.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(5);
    private static final long LARGEST_LOG = 8L << 20;

    /** Ends the server by a fast shutdown when our end of its standard input is gone. */
    private static final String UNTIL_THE_PIPE_BREAKS =
            "\"$@\" </dev/null & p=$!; cat >/dev/null; kill -INT $p 2>/dev/null; wait $p";

    private final Site site;
    private final Process wrapper;
    private final ProcessHandle server;
    private final int port;
    private final String password;
    private final String version;

    /** What outlives a server. */
    private record Site(DataDirectory directory, Path binaries, ServerAccount account, Path log, FileChannel lock) {}

    private EmbeddedPostgres(
            Site site, Process wrapper, ProcessHandle server, int port, String password, String version) {
        this.site = site;
        this.wrapper = wrapper;
        this.server = server;
        this.port = port;
        this.password = password;
        this.version = version;
    }

    /** Starts with the log next to the data directory. */
    public static EmbeddedPostgres start(Path dataDir) throws IOException {
        Path data = dataDir.toAbsolutePath().normalize();
        return start(data, parent(data).resolve(data.getFileName() + ".log"));
    }

    /**
     * Makes the database when there is none, stops a server that was left running on it, and answers when connections
     * are accepted.
     *
     * @throws BelayException E_BUSY when another process uses the directory; E_SETUP when it cannot be used, which
     *     leaves it untouched
     */
    public static EmbeddedPostgres start(Path dataDir, Path logFile) throws IOException {
        Path data = dataDir.toAbsolutePath().normalize();
        Path log = logFile.toAbsolutePath().normalize();
        Path parent = parent(data);
        Files.createDirectories(parent);
        Files.createDirectories(parent(log));
        FileChannel lock = lock(data);
        try {
            ServerAccount account = ServerAccount.choose();
            account.letWalkTo(parent);
            rotate(log);
            Path binaries = PostgresBinaries.unpackedIn(parent);
            DataDirectory directory = new DataDirectory(data, binaries, account);
            Leftover.stop(data);
            directory.prepare(major(binaries), log);
            return launch(new Site(directory, binaries, account, log, lock), freePort());
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    public String jdbcUrl() {
        return url(port);
    }

    public String user() {
        return DataDirectory.USER;
    }

    public String password() {
        return password;
    }

    /** `18.6` */
    public String serverVersion() {
        return version;
    }

    public int port() {
        return port;
    }

    /** Completes when the server has ended, wanted or not. */
    public CompletableFuture<Void> ended() {
        return server.onExit().thenAccept(ended -> {});
    }

    /** A fast shutdown with a checkpoint; harder when that takes too long. Idempotent. */
    @Override
    public void close() throws IOException {
        try {
            stop(wrapper, Optional.of(server));
        } finally {
            site.lock().close();
        }
    }

    /** How it ended, in words. To be asked after its end. */
    String lastWords() throws IOException {
        stop(wrapper, Optional.of(server));
        int code = wrapper.isAlive() ? 0 : wrapper.exitValue();
        return code > 128 ? "killed by signal " + (code - 128) : "it said: " + lastLines(site.log());
    }

    /**
     * Another server on the same data, after this one ended; on the same port where that can be had. May be tried again
     * when it fails.
     */
    EmbeddedPostgres again() throws IOException {
        stop(wrapper, Optional.of(server));
        rotate(site.log());
        Leftover.stop(site.directory().path());
        return launch(site, port);
    }

    private static EmbeddedPostgres launch(Site site, int wanted) throws IOException {
        DataDirectory directory = site.directory();
        Path log = site.log();
        for (int attempt = 1; ; attempt++) {
            long logged = Files.exists(log) ? Files.size(log) : 0;
            int port = attempt == 1 ? wanted : freePort();
            List<String> stale = pidFile(directory.path());
            Process wrapper = spawn(directory.path(), site.binaries(), site.account(), log, port);
            Optional<ProcessHandle> server = Optional.empty();
            try {
                server = ready(wrapper, directory.path(), port, stale);
                if (server.isPresent()) {
                    String password = directory.password();
                    return new EmbeddedPostgres(site, wrapper, server.get(), port, password, version(port, password));
                }
            } catch (IOException | RuntimeException e) {
                stop(wrapper, server);
                throw e;
            }
            stop(wrapper, server);
            // Another process may take the port between our choosing and the server's binding.
            boolean portTaken = Files.readString(log)
                    .substring((int) Math.min(logged, Files.size(log)))
                    .contains("could not create any TCP/IP sockets");
            if (!portTaken || attempt == 3) {
                throw BelayException.of(
                        ErrorCode.E_SETUP,
                        "the embedded PostgreSQL did not start",
                        "controller: " + lastLines(log),
                        "less " + log);
            }
        }
    }

    private static Process spawn(Path data, Path binaries, ServerAccount account, Path log, int port)
            throws IOException {
        // A session of its own, so that Ctrl-C in the terminal reaches us and not the server under us.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(account.prefix());
        command.addAll(List.of("sh", "-c", UNTIL_THE_PIPE_BREAKS, "pg"));
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-D", data.toString()));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                "unix_socket_directories=",
                "password_encryption=scram-sha-256",
                "fsync=on",
                "full_page_writes=on",
                "synchronous_commit=on",
                "max_connections=40",
                "shared_buffers=32MB",
                "max_wal_size=256MB",
                "huge_pages=off",
                "jit=off",
                "logging_collector=off",
                "log_destination=stderr",
                "timezone=UTC",
                "log_timezone=UTC")) {
            command.add("-c");
            command.add(setting);
        }
        return command(command, log).start();
    }

    /** Its output goes to the log, never to a pipe: a pipe that nobody reads would stop the server. */
    static ProcessBuilder command(List<String> command, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /**
     * Answers the server, or nothing when it ended before it was ready.
     *
     * @param stale what a dead one left, perhaps on the same port
     */
    private static Optional<ProcessHandle> ready(Process wrapper, Path data, int port, List<String> stale)
            throws IOException {
        long deadline = System.nanoTime() + START.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                List<String> lines = pidFile(data);
                if (!lines.equals(stale)
                        && lines.size() >= 8
                        && lines.get(7).startsWith("ready")
                        && lines.get(3).strip().equals(Integer.toString(port))) {
                    return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
                }
                if (wrapper.waitFor(10, TimeUnit.MILLISECONDS) || hasEnded(wrapper)) {
                    return Optional.empty();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL started", e);
        }
        return Optional.empty();
    }

    private static List<String> pidFile(Path data) {
        try {
            return Files.readAllLines(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** A look at all processes takes a while, and may miss the server that was born behind it; the next one does not. */
    private static boolean hasEnded(Process wrapper) {
        for (int look = 0; look < 2; look++) {
            if (!onlyCatIsLeft(wrapper)) {
                return false;
            }
        }
        return true;
    }

    /** The shell starts the server first and then {@code cat}; when only {@code cat} is left, the server has ended. */
    private static boolean onlyCatIsLeft(Process wrapper) {
        List<ProcessHandle> children = wrapper.children().toList();
        if (children.size() != 1) {
            return false;
        }
        try {
            return Files.readString(
                            Path.of("/proc", Long.toString(children.getFirst().pid()), "comm"))
                    .strip()
                    .equals("cat");
        } catch (IOException e) {
            return false;
        }
    }

    private static void stop(Process wrapper, Optional<ProcessHandle> server) throws IOException {
        wrapper.getOutputStream().close();
        if (!Leftover.ended(wrapper.toHandle(), STOP) && server.isPresent()) {
            Leftover.signal(server.get().pid(), "QUIT");
        }
        if (!Leftover.ended(wrapper.toHandle(), LAST_CHANCE)) {
            wrapper.destroyForcibly();
        }
        if (server.isPresent() && !Leftover.ended(server.get(), LAST_CHANCE)) {
            Leftover.signal(server.get().pid(), "QUIT");
        }
    }

    private static String version(int port, String password) throws IOException {
        try (Connection connection = DriverManager.getConnection(url(port), DataDirectory.USER, password);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_version")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IOException("the embedded PostgreSQL runs but refuses its own user", e);
        }
    }

    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    private static String major(Path binaries) throws IOException {
        String name = String.valueOf(binaries.getFileName());
        String major = name.replaceFirst("^postgres-([0-9]+).*$", "$1");
        if (major.equals(name)) {
            throw new IOException("no version in " + binaries);
        }
        return major;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static FileChannel lock(Path data) throws IOException {
        Path file = parent(data).resolve(data.getFileName() + ".lock");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        @Nullable FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        if (held == null) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    "another controller uses " + data,
                    "controller: " + file + " is locked by a running process",
                    "belay status");
        }
        return channel;
    }

    private static void rotate(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
            Files.move(log, parent(log).resolve(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static String lastLines(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "it said nothing";
        }
        List<String> lines =
                Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    }

    static Path parent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IOException(path + " is no place for a file");
        }
        return parent;
    }
}
