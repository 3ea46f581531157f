package dev.belay.runner.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Other processes: signals, limits, and what /proc says of them. */
public final class Processes {
    public static final int SIGKILL = 9;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;

    private static final long KILL = 62;
    private static final long PRCTL = 157;
    private static final long PRLIMIT64 = 302;
    private static final long PR_SET_DUMPABLE = 4;

    private Processes() {}

    /** What the kernel counts or bounds per process; the number is the kernel's. */
    public enum Resource {
        FILE_SIZE(1),
        DATA(2),
        CORE(4),
        PROCESSES(6),
        OPEN_FILES(7);

        private final long number;

        Resource(long number) {
            this.number = number;
        }
    }

    /** False when there is no such process any more. */
    public static boolean signal(long pid, int signal) {
        return Syscall.call(KILL, pid, signal) == 0;
    }

    /**
     * Bounds a resource of a running process and of everything it starts from now on. Never raises what is already lower.
     */
    public static void limit(long pid, Resource resource, long value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment now = arena.allocate(16, 8);
            check(Syscall.call(PRLIMIT64, pid, resource.number, 0, now.address()), "prlimit64");
            long hard = now.get(ValueLayout.JAVA_LONG, 8);
            long bounded = Long.compareUnsigned(hard, value) < 0 ? hard : value;
            MemorySegment then = arena.allocate(16, 8);
            then.set(ValueLayout.JAVA_LONG, 0, bounded);
            then.set(ValueLayout.JAVA_LONG, 8, bounded);
            check(Syscall.call(PRLIMIT64, pid, resource.number, then.address(), 0), "prlimit64");
        }
    }

    /** After this no process of the same uid can read this one's memory, environment or open files. */
    public static void hideOwnMemory() throws IOException {
        check(Syscall.call(PRCTL, PR_SET_DUMPABLE, 0), "prctl");
    }

    /** The process and everything below it, as far as it stands still; those that end meanwhile are left out. */
    public static List<Long> tree(long root) {
        List<Long> all = new ArrayList<>();
        if (Files.exists(Path.of("/proc/" + root))) {
            all.add(root);
        }
        for (int next = 0; next < all.size(); next++) {
            addChildren(all.get(next), all);
        }
        return List.copyOf(all);
    }

    /** The state letter of {@code /proc/PID/stat}: R, S, D, T, Z and so on. */
    public static Optional<Character> state(long pid) {
        return stat(pid).map(stat -> stat.charAt(0));
    }

    public static Optional<Long> parent(long pid) {
        return stat(pid).map(stat -> Long.parseLong(stat.split(" ", 3)[1]));
    }

    /** A line of {@code /proc/PID/status}, without its name. */
    public static Optional<String> status(long pid, String name) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Optional<String> stat(long pid) {
        try {
            String text =
                    Files.readString(Path.of("/proc/" + pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
            return Optional.of(text.substring(text.lastIndexOf(')') + 2));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static void addChildren(long pid, List<Long> all) {
        try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                for (String child : Files.readString(thread.resolve("children")).split(" ")) {
                    if (!child.isBlank() && !all.contains(Long.valueOf(child))) {
                        all.add(Long.valueOf(child));
                    }
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
            // The process or thread ended while it was read; its children have another parent now.
            return;
        }
    }

    private static void check(long result, String call) throws IOException {
        if (result < 0) {
            throw new IOException(call + ": errno " + -result);
        }
    }
}
