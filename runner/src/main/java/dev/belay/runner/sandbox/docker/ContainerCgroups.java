package dev.belay.runner.sandbox.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the cgroups of a process are, as far as they can be seen from here: of version 2 by the empty name. */
record ContainerCgroups(Map<String, Path> directories) {
    private static final String VERSION_2 = "";

    static ContainerCgroups of(long pid) throws IOException {
        Map<String, Path> mounts = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String[] word = line.split(" ");
            if (word[2].equals("cgroup2")) {
                mounts.putIfAbsent(VERSION_2, Path.of(word[1]));
            } else if (word[2].equals("cgroup")) {
                for (String name : word[3].split(",")) {
                    mounts.putIfAbsent(name, Path.of(word[1]));
                }
            }
        }
        Map<String, Path> found = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] field = line.split(":", 3);
            for (String name : field[1].split(",")) {
                Path mount = mounts.get(name);
                if (mount != null) {
                    found.put(name, mount.resolve(field[2].substring(1)));
                }
            }
        }
        return new ContainerCgroups(Map.copyOf(found));
    }

    /** @param inVersion2 the name of the same file there */
    Optional<String> read(String controller, String file, String inVersion2) {
        for (Path candidate : List.of(path(controller, file), path(VERSION_2, inVersion2))) {
            try {
                if (Files.isReadable(candidate)) {
                    return Optional.of(Files.readString(candidate).strip());
                }
            } catch (IOException gone) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Path path(String controller, String file) {
        Path directory = directories.get(controller);
        return directory == null ? Path.of("/nonexistent") : directory.resolve(file);
    }
}
