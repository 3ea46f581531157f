package dev.belay.controller.postgres;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server that an earlier controller left running on a data directory. It is told from a stranger who got its process
 * id by its program, its working directory and its start; only then is it signalled.
 */
final class Leftover {
    private static final Duration FAST = Duration.ofSeconds(15);
    private static final Duration IMMEDIATE = Duration.ofSeconds(5);
    private static final Duration SAME_START = Duration.ofMinutes(2);

    private Leftover() {}

    static void stop(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        Optional<ProcessHandle> named = process(lines);
        if (named.isPresent() && isPostgresOf(named.get().pid(), data) && startedAsSaid(named.get(), lines)) {
            if (!signalled(named.get(), "INT", FAST) && !signalled(named.get(), "QUIT", IMMEDIATE)) {
                throw stillRunning(data, named.get().pid());
            }
        }
        for (ProcessHandle straggler : postgresOf(data)) {
            // The postmaster is gone; its children notice by themselves, and must be gone before another one begins.
            if (!ended(straggler, IMMEDIATE) && !signalled(straggler, "QUIT", IMMEDIATE)) {
                throw stillRunning(data, straggler.pid());
            }
        }
        if (named.isPresent() && named.get().isAlive()) {
            Files.deleteIfExists(pidFile);
        }
    }

    private static Optional<ProcessHandle> process(List<String> lines) {
        try {
            return lines.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(ProcessHandle::isAlive);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean startedAsSaid(ProcessHandle process, List<String> lines) {
        Optional<Instant> started = process.info().startInstant();
        if (started.isEmpty() || lines.size() < 3) {
            return true;
        }
        try {
            Instant said = Instant.ofEpochSecond(Long.parseLong(lines.get(2).strip()));
            return Duration.between(started.get(), said).abs().compareTo(SAME_START) < 0;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private static boolean isPostgresOf(long pid, Path data) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            String program = Files.readSymbolicLink(process.resolve("exe")).toString();
            Path working = Files.readSymbolicLink(process.resolve("cwd"));
            return program.replace(" (deleted)", "").endsWith("/bin/postgres") && working.equals(data.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private static List<ProcessHandle> postgresOf(Path data) throws IOException {
        List<ProcessHandle> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (isPostgresOf(pid, data)) {
                    ProcessHandle.of(pid).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private static boolean signalled(ProcessHandle process, String signal, Duration patience) throws IOException {
        signal(process.pid(), signal);
        return ended(process, patience);
    }

    static void signal(long pid, String signal) throws IOException {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + signal + " \"$1\"", "sh", Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while stopping PostgreSQL", e);
        }
    }

    static boolean ended(ProcessHandle process, Duration patience) throws IOException {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return !process.isAlive();
        } catch (ExecutionException e) {
            throw new IOException("waiting for process " + process.pid() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while stopping PostgreSQL", e);
        }
    }

    private static BelayException stillRunning(Path data, long pid) {
        return BelayException.of(
                ErrorCode.E_SETUP,
                "an older PostgreSQL does not let go of " + data,
                "controller: process " + pid + " outlived SIGINT and SIGQUIT",
                "ps -fp " + pid);
    }
}
