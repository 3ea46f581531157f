package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What still belongs to a state folder: processes that name it, and what is mounted below it. */
record Leftovers(List<Long> pids, List<String> found) {
    static Leftovers of(Path state) {
        List<Long> pids = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (long pid : naming(state.toString())) {
            pids.add(pid);
            found.add("process " + pid + ": "
                    + text(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' '));
        }
        for (String line : text(Path.of("/proc/self/mountinfo")).lines().toList()) {
            if (line.contains(state.toString())) {
                found.add("mount " + line);
            }
        }
        return new Leftovers(pids, found);
    }

    /** Processes whose command line or environment holds this text, this one excepted. */
    static List<Long> naming(String text) {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : all) {
                long pid = Long.parseLong(entry.getFileName().toString());
                boolean names = text(entry.resolve("cmdline")).contains(text)
                        || text(entry.resolve("environ")).contains(text);
                if (names && pid != ProcessHandle.current().pid()) {
                    pids.add(pid);
                }
            }
        } catch (IOException noProc) {
            throw new UncheckedIOException(noProc);
        }
        return pids;
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
