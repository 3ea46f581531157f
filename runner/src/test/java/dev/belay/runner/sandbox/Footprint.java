package dev.belay.runner.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What sandboxes could leave on the machine, as far as this JVM sees it. */
record Footprint(
        List<String> mounts, Set<String> cgroups, Set<String> namespaces, Set<String> files, int processes, int open) {
    /** @param state where an engine keeps what it needs; {@code unseen} in there belongs to the test */
    static Footprint now(Path state, List<Path> cgroups, String unseen) throws IOException {
        Set<String> groups = new TreeSet<>();
        for (Path cgroup : cgroups) {
            groups.addAll(below(cgroup, 2, ""));
        }
        return new Footprint(
                Files.readAllLines(Path.of("/proc/self/mountinfo")),
                groups,
                ownNamespaces(),
                below(state, 2, unseen),
                (int) ProcessHandle.current().descendants().count(),
                names(Path.of("/proc/self/fd")).size());
    }

    /** Nothing more than then, but for so many open descriptors. */
    boolean within(Footprint before, int more) {
        return open <= before.open + more
                && new Footprint(mounts, cgroups, namespaces, files, processes, before.open).equals(before);
    }

    /** Of this JVM and all that it started: of others on the machine a test knows nothing. */
    private static Set<String> ownNamespaces() {
        Set<String> all = new TreeSet<>();
        List<Long> own = new ArrayList<>(List.of(ProcessHandle.current().pid()));
        ProcessHandle.current().descendants().map(ProcessHandle::pid).forEach(own::add);
        for (long pid : own) {
            for (String kind : List.of("mnt", "pid", "net", "ipc", "uts", "user", "cgroup")) {
                Path link = Path.of("/proc/" + pid + "/ns/" + kind);
                try {
                    all.add(Files.readSymbolicLink(link).toString());
                } catch (IOException ended) {
                    // A process that ends while one looks is in no namespace any more.
                }
            }
        }
        return all;
    }

    private static Set<String> below(Path top, int depth, String unseen) throws IOException {
        Set<String> all = new TreeSet<>();
        for (String name : names(top)) {
            Path path = top.resolve(name);
            if (!unseen.isEmpty() && path.toString().startsWith(unseen)) {
                continue;
            }
            all.add(path.toString());
            if (depth > 1 && Files.isDirectory(path)) {
                all.addAll(below(path, depth - 1, unseen));
            }
        }
        return all;
    }

    private static List<String> names(Path directory) throws IOException {
        List<String> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> all.add(entry.getFileName().toString()));
        } catch (NoSuchFileException | DirectoryIteratorException gone) {
            return all;
        }
        return all;
    }
}
