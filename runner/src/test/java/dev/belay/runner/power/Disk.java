package dev.belay.runner.power;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keeps what is certainly on the disk of one folder: of a file the bytes that it had when they were last waited for, of a
 * folder the names. In the process that is watched the JDK's own classes call it, so it uses no other of these tests.
 */
public final class Disk {
    private static final List<InputStream> HELD = new ArrayList<>();
    private static Path watched = Path.of("/nonexistent");
    private static Path kept = Path.of("/nonexistent");

    private Disk() {}

    /** All that is there now is on the disk. */
    static synchronized void watch(Path folder, Path copies) throws IOException {
        watched = folder.toRealPath();
        kept = copies;
        Files.createDirectories(kept.resolve("bytes"));
        Files.createDirectories(kept.resolve("names"));
        try (Stream<Path> all = Files.walk(watched)) {
            for (Path each : all.toList()) {
                keep(each);
            }
        }
    }

    /** Called by the JDK when the wait for a file or a folder is over. */
    public static synchronized void forced(int descriptor) {
        try {
            Path path = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            if (path.startsWith(watched)) {
                keep(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void keep(Path path) throws IOException {
        if (isFolder(path)) {
            List<String> names = new ArrayList<>();
            try (Stream<Path> entries = Files.list(path)) {
                for (Path entry : entries.toList()) {
                    names.add(line(entry));
                }
            }
            Files.write(names(path), names);
        } else if (Files.exists(path)) {
            Files.copy(path, kept.resolve("bytes/" + number(path)), StandardCopyOption.REPLACE_EXISTING);
            // A file that is open keeps its number, deleted or not.
            HELD.add(Files.newInputStream(path));
            keepName(path);
        }
    }

    /** The journals of ext4, xfs and btrfs write with a file's bytes the name that it has then, and its folders. */
    private static void keepName(Path path) throws IOException {
        Path folder = watched;
        for (Path name : watched.relativize(path)) {
            Path entry = folder.resolve(name);
            Path names = names(folder);
            String line = line(entry);
            String number = line.substring(0, line.indexOf(' ') + 1);
            List<String> all = new ArrayList<>(Files.exists(names) ? Files.readAllLines(names) : List.of());
            all.removeIf(other -> other.startsWith(number) || other.endsWith(" " + name));
            all.add(line);
            Files.write(names, all);
            folder = entry;
        }
    }

    private static Path names(Path folder) throws IOException {
        return kept.resolve("names/" + number(folder));
    }

    private static String line(Path entry) throws IOException {
        return number(entry) + (isFolder(entry) ? " folder " : " file ") + entry.getFileName();
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    static String number(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS).toString();
    }
}
