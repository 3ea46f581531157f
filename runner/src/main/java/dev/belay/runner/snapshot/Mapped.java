package dev.belay.runner.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The inodes that processes have mapped shared and writable: a store there may leave a file's times as they were. */
final class Mapped {
    private Mapped() {}

    /** Null: it could not be learned for a process that lives, so any file may be mapped. */
    static @Nullable Set<Long> inodes(List<Long> processes) {
        Set<Long> inodes = new HashSet<>();
        for (long process : processes) {
            try {
                for (String line : Files.readAllLines(
                        Path.of("/proc/" + process + "/maps"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
                    String[] fields = line.split(" +", 6);
                    if (fields.length > 4 && fields[1].equals("rw-s")) {
                        inodes.add(Long.parseLong(fields[4]));
                    }
                }
            } catch (NoSuchFileException ended) {
                continue;
            } catch (IOException unreadable) {
                if (Files.exists(Path.of("/proc/" + process))) {
                    return null;
                }
            }
        }
        return inodes;
    }
}
