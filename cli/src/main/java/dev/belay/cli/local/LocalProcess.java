package dev.belay.cli.local;

import dev.belay.cli.http.Pause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process that the local start began, and nothing else: its number counts only together with its start and with the
 * boot that it belongs to.
 *
 * @param start in clock ticks since the boot, from /proc/PID/stat
 */
record LocalProcess(String name, long pid, long start, String boot) {
    private static final Duration STEP = Duration.ofMillis(10);
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

    /**
     * Ends it and everything of its session: asked first, killed when it does not listen. Returns when all are gone.
     *
     * @param state the state folder that it was started for
     */
    void end(Path state, Duration patience, Pause pause) throws InterruptedException {
        if (!boot.equals(currentBoot())) {
            return;
        }
        String[] fields = stat(pid);
        // One that ended and was not fetched by its parent yet still holds its number.
        boolean leads = fields.length > START && Long.parseLong(fields[START]) == start;
        if (!leads && fields.length > 0) {
            // The number belongs to somebody else by now, and so may the session.
            return;
        }
        Optional<ProcessHandle> itself = ProcessHandle.of(pid).filter(_ -> isAlive());
        if (itself.isPresent()) {
            endOne(itself.get(), patience, pause);
        }
        Duration waited = Duration.ZERO;
        for (List<ProcessHandle> left = session(state, leads); !left.isEmpty(); left = session(state, leads)) {
            if (waited.compareTo(patience) >= 0) {
                throw new IllegalStateException("processes of the local " + name + " cannot be ended: " + left);
            }
            left.forEach(ProcessHandle::destroyForcibly);
            pause.pause(STEP);
            waited = waited.plus(STEP);
        }
    }

    private void endOne(ProcessHandle handle, Duration patience, Pause pause) {
        handle.destroy();
        try {
            // It is nobody's child here: the JDK would look for its end only every few seconds.
            for (Duration waited = Duration.ZERO;
                    isAlive() && waited.compareTo(patience) < 0;
                    waited = waited.plus(STEP)) {
                pause.pause(STEP);
            }
            if (isAlive()) {
                handle.destroyForcibly();
            }
            while (isAlive()) {
                pause.pause(STEP);
            }
        } catch (InterruptedException interrupted) {
            handle.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Who lives of its session. When its leader was gone before, the number alone proves nothing: see the environment. */
    private List<ProcessHandle> session(Path state, boolean led) {
        List<ProcessHandle> members = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : all) {
                long candidate = Long.parseLong(entry.getFileName().toString());
                if (candidate != pid && belongs(candidate) && (led || wasStartedFor(candidate, state))) {
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
                && !isGone(fields)
                && fields[SESSION].equals(Long.toString(pid))
                && Long.parseLong(fields[START]) >= start;
    }

    private static boolean wasStartedFor(long candidate, Path state) {
        try {
            String environment =
                    Files.readString(Path.of("/proc/" + candidate + "/environ"), StandardCharsets.ISO_8859_1);
            String wanted =
                    new String(("BELAY_STATE=" + state).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            return ("\0" + environment + "\0").contains("\0" + wanted + "\0");
        } catch (IOException goneOrAnothers) {
            return false;
        }
    }

    private static boolean isGone(String[] fields) {
        return fields[2].equals("Z") || fields[2].equals("X");
    }

    private static Optional<Long> startOf(long pid) {
        String[] fields = stat(pid);
        return fields.length <= START || isGone(fields) ? Optional.empty() : Optional.of(Long.parseLong(fields[START]));
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
