package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What still belongs to a state folder: processes and sockets that name it, and what is mounted below it, wherever. */
record Leftovers(List<Long> pids, List<String> found) {
    static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private static final String LISTENS = "0A";

    /** What is there for longer than whoever cleans up after a runner needs. */
    static Leftovers afterTheEndOf(Path state) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        Leftovers left = of(state);
        while (!left.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            left = of(state);
        }
        return left;
    }

    static Leftovers of(Path state) {
        List<Long> pids = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (long pid : naming(state.toString())) {
            pids.add(pid);
            found.add("process " + pid + ": " + commandLine(pid));
        }
        mounts(state, found);
        for (String line : text(Path.of("/proc/net/unix")).lines().toList()) {
            if (line.contains(state.toString())) {
                found.add("socket " + line);
            }
        }
        return new Leftovers(pids, found);
    }

    /** In every mount namespace that a process lives in. */
    private static void mounts(Path state, List<String> found) {
        Set<String> looked = new HashSet<>();
        for (Path process : processes()) {
            if (looked.add(namespace(process))) {
                for (String line : text(process.resolve("mountinfo")).lines().toList()) {
                    if (line.contains(state.toString())) {
                        found.add("mount of process " + process.getFileName() + ": " + line);
                    }
                }
            }
        }
    }

    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
        } catch (IOException somebodyElses) {
            return process.toString();
        }
    }

    /** Servers on these ports of loopback. */
    static Leftovers listening(List<Integer> ports) {
        List<String> found = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : text(Path.of(table)).lines().skip(1).toList()) {
                String[] fields = line.strip().split(" +");
                int port = Integer.parseInt(fields[1].substring(fields[1].lastIndexOf(':') + 1), 16);
                if (fields[3].equals(LISTENS) && ports.contains(port)) {
                    found.add("server on port " + port);
                }
            }
        }
        return new Leftovers(List.of(), found);
    }

    /** What was made in any hierarchy for the runners that had these pids. */
    static Leftovers cgroups(Path hierarchies, List<Long> runners) {
        List<String> found = new ArrayList<>();
        try (Stream<Path> directories =
                Files.find(hierarchies, 4, (path, attributes) -> attributes.isDirectory() && ofOneOf(path, runners))) {
            directories.forEach(each -> found.add("cgroup " + each));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return new Leftovers(List.of(), found);
    }

    private static boolean ofOneOf(Path cgroup, List<Long> runners) {
        String name = cgroup.getFileName().toString();
        return name.matches("\\d+-\\d+") && runners.contains(Long.parseLong(name.substring(0, name.indexOf('-'))));
    }

    Leftovers and(Leftovers other) {
        return new Leftovers(
                Stream.concat(pids.stream(), other.pids.stream()).toList(),
                Stream.concat(found.stream(), other.found.stream()).toList());
    }

    /** Processes whose command line or environment holds this text, this one excepted. */
    static List<Long> naming(String text) {
        List<Long> pids = new ArrayList<>();
        for (Path entry : processes()) {
            long pid = Long.parseLong(entry.getFileName().toString());
            boolean names = text(entry.resolve("cmdline")).contains(text)
                    || text(entry.resolve("environ")).contains(text);
            if (names && pid != ProcessHandle.current().pid()) {
                pids.add(pid);
            }
        }
        return pids;
    }

    static String commandLine(long pid) {
        return text(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
    }

    private static List<Path> processes() {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            entries.forEach(all::add);
        } catch (IOException noProc) {
            throw new UncheckedIOException(noProc);
        }
        return all;
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException ended) {
            return "";
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    void end() {
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Override
    public String toString() {
        return String.join("\n", found);
    }
}
