package dev.belay.cli.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that the local start began, and nothing else: its number counts only together with its start and with the
 * boot that it belongs to.
 *
 * @param start in clock ticks since the boot, from /proc/PID/stat
 */
record LocalProcess(String name, long pid, long start, String boot) {
    private static final int SESSION = 5;
    private static final int START = 21;

    static LocalProcess of(String name, long pid) {
        return new LocalProcess(name, pid, startOf(pid).orElse(-1L), currentBoot());
    }

    boolean isAlive() {
        return boot.equals(currentBoot())
                && start > 0
                && startOf(pid).filter(found -> found == start).isPresent();
    }

    /** Ends it and everything of its session: asked first, killed when it does not listen. */
    void end(Duration patience) throws InterruptedException {
        if (!boot.equals(currentBoot())) {
            return;
        }
        List<ProcessHandle> session = new ArrayList<>();
        if (isAlive()) {
            session.addAll(session());
            ProcessHandle.of(pid).filter(_ -> isAlive()).ifPresent(handle -> endOne(handle, patience));
        }
        for (ProcessHandle left : session()) {
            session.add(left);
        }
        for (ProcessHandle left : session) {
            if (left.pid() != pid && belongs(left.pid())) {
                left.destroyForcibly();
            }
        }
    }

    private static void endOne(ProcessHandle handle, Duration patience) {
        handle.destroy();
        try {
            handle.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException deaf) {
            handle.destroyForcibly();
            handle.onExit().join();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException interrupted) {
            handle.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** While a session has a member no other process can get its number. */
    private List<ProcessHandle> session() {
        List<ProcessHandle> members = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : all) {
                long candidate = Long.parseLong(entry.getFileName().toString());
                if (belongs(candidate)) {
                    ProcessHandle.of(candidate).ifPresent(members::add);
                }
            }
        } catch (IOException noProc) {
            throw new IllegalStateException("/proc cannot be read", noProc);
        }
        return members;
    }

    private boolean belongs(long candidate) {
        String[] fields = stat(candidate);
        return fields.length > START
                && fields[SESSION].equals(Long.toString(pid))
                && Long.parseLong(fields[START]) >= start;
    }

    private static Optional<Long> startOf(long pid) {
        String[] fields = stat(pid);
        boolean gone = fields.length <= START || fields[2].equals("Z") || fields[2].equals("X");
        return gone ? Optional.empty() : Optional.of(Long.parseLong(fields[START]));
    }

    /** The fields from the first on; the second, which may hold anything, is passed over. */
    private static String[] stat(long pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return ("p c " + text.substring(text.lastIndexOf(')') + 2)).strip().split(" ", -1);
        } catch (IOException gone) {
            return new String[0];
        }
    }

    private static String currentBoot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException unknown) {
            return "";
        }
    }
}
