package dev.belay.runner.power;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** What a disk may make of what was not waited for. What a real one leaves lies between the two. */
public enum PowerCut {
    /** The last names are there, and of the bytes only those that were waited for: files may be empty. */
    NO_BYTES {
        @Override
        void leave(Path was, Path kept, Path left) throws IOException {
            try (Stream<Path> all = Files.walk(was)) {
                for (Path each : all.toList()) {
                    Path copy = left.resolve(was.relativize(each));
                    if (Files.isDirectory(each)) {
                        Files.createDirectories(copy);
                    } else {
                        bytes(kept, Disk.number(each), copy);
                    }
                }
            }
        }
    },

    /** Neither a name nor a byte that was not waited for. */
    NO_NAMES {
        @Override
        void leave(Path was, Path kept, Path left) throws IOException {
            folder(kept, Disk.number(was), left);
        }

        private static void folder(Path kept, String number, Path left) throws IOException {
            Files.createDirectories(left);
            Path names = kept.resolve("names/" + number);
            if (!Files.exists(names)) {
                return;
            }
            for (String line : Files.readAllLines(names)) {
                String[] words = line.split(" ", 3);
                Path entry = left.resolve(words[2]);
                if (words[1].equals("folder")) {
                    folder(kept, words[0], entry);
                } else {
                    bytes(kept, words[0], entry);
                }
            }
        }
    };

    abstract void leave(Path was, Path kept, Path left) throws IOException;

    /** Puts in the place of a folder that a process watched what the disk has of it, now that the process is dead. */
    public void of(Path folder, Path kept) throws IOException {
        Path was = folder.toRealPath();
        Path left = was.resolveSibling(was.getFileName() + ".left");
        leave(was, kept, left);
        Files.move(was, was.resolveSibling(was.getFileName() + ".was"));
        Files.move(left, was);
    }

    private static void bytes(Path kept, String number, Path to) throws IOException {
        Path bytes = kept.resolve("bytes/" + number);
        if (Files.exists(bytes)) {
            Files.copy(bytes, to, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.createFile(to);
        }
    }
}
