package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.linux.Processes;
import dev.belay.runner.sandbox.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The cgroups of one sandbox below those that the launcher delegated: one per controller (v1), or one in all (v2, named
 * {@code unified}). Empty where nothing was delegated.
 */
final class SandboxCgroups {
    private static final long REMOVAL_NANOS = 2_000_000_000L;

    private final Map<String, Path> directories;

    private SandboxCgroups(Map<String, Path> directories) {
        this.directories = directories;
    }

    static SandboxCgroups create(Map<String, Path> delegated, String id, Limits limits) throws IOException {
        Map<String, Path> made = new LinkedHashMap<>();
        SandboxCgroups cgroups = new SandboxCgroups(made);
        try {
            for (var each : delegated.entrySet()) {
                made.put(each.getKey(), Files.createDirectory(each.getValue().resolve(id)));
                limit(each.getKey(), made.get(each.getKey()), limits);
            }
            return cgroups;
        } catch (IOException failed) {
            cgroups.remove();
            throw failed;
        }
    }

    private static void limit(String controller, Path directory, Limits limits) throws IOException {
        String bytes = Long.toString(limits.memoryMib() * (1L << 20));
        String processes = Integer.toString(limits.processes());
        switch (controller) {
            case "memory" -> {
                write(directory.resolve("memory.limit_in_bytes"), bytes);
                writeWherePresent(directory.resolve("memory.memsw.limit_in_bytes"), bytes);
            }
            case "pids" -> write(directory.resolve("pids.max"), processes);
            case "cpu" -> {
                write(directory.resolve("cpu.cfs_period_us"), "100000");
                write(directory.resolve("cpu.cfs_quota_us"), Long.toString(limits.cpuPercent() * 1000L));
            }
            case "unified" -> {
                write(directory.resolve("memory.max"), bytes);
                writeWherePresent(directory.resolve("memory.swap.max"), "0");
                writeWherePresent(directory.resolve("pids.max"), processes);
                writeWherePresent(directory.resolve("cpu.max"), limits.cpuPercent() * 1000L + " 100000");
            }
            default -> {
                // The freezer has no limit to set.
            }
        }
    }

    /** The files that a process writes its pid to, joined by commas. */
    String joinFiles() {
        return directories.values().stream()
                .map(directory -> directory.resolve("cgroup.procs").toString())
                .collect(Collectors.joining(","));
    }

    Optional<Path> directory(String controller) {
        return Optional.ofNullable(directories.get(controller));
    }

    boolean capsMemory() {
        return directories.containsKey("memory") || directories.containsKey("unified");
    }

    /** Kills whoever is still a member, and returns when the directories are gone; at most two seconds. */
    void remove() throws IOException {
        long deadline = System.nanoTime() + REMOVAL_NANOS;
        for (Path directory : List.copyOf(directories.values())) {
            removeOne(directory, deadline);
        }
        directories.clear();
    }

    private static void removeOne(Path directory, long deadline) throws IOException {
        while (Files.exists(directory)) {
            try {
                Files.delete(directory);
            } catch (IOException busy) {
                if (System.nanoTime() > deadline) {
                    throw busy;
                }
                for (String pid : Files.readAllLines(directory.resolve("cgroup.procs"))) {
                    Processes.signal(Long.parseLong(pid), Processes.SIGKILL);
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static void writeWherePresent(Path file, String value) throws IOException {
        if (Files.exists(file)) {
            write(file, value);
        }
    }

    private static void write(Path file, String value) throws IOException {
        Files.writeString(file, value, java.nio.file.StandardOpenOption.WRITE);
    }
}
