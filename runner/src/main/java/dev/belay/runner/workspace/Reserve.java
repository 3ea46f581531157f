package dev.belay.runner.workspace;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Entry;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.linux.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Logger;

/**
 * Space and files of a volume that nobody inside can take: whatever is deleted goes last, so a full volume could not be
 * brought back to a snapshot without any. It lies beside the files that the sandbox sees.
 */
final class Reserve {
    private static final Logger LOG = Logger.getLogger(Reserve.class.getName());
    private static final String NAME = "reserve";
    private static final int FILES = 256;
    private static final long MOST = 64L << 20;

    private final Path volume;

    Reserve(Path volume) {
        this.volume = volume;
    }

    /** To be called once for each new volume; where it was not, there is no reserve. */
    void make() throws IOException {
        Files.createDirectory(volume.resolve(NAME));
        fill();
    }

    /** Gives it up where the volume has not as much left besides. */
    void give() throws IOException {
        if (!exists()) {
            return;
        }
        try (Directory reserve = Directory.open(volume.resolve(NAME))) {
            Space space = reserve.space();
            if (space.free() < bytes(space) || space.files() < FILES) {
                for (Entry entry : reserve.list()) {
                    reserve.unlink(entry.name());
                }
            }
        }
    }

    /** Takes it again where the volume has room for it by now. */
    void take() {
        try {
            if (exists()) {
                fill();
            }
        } catch (IOException full) {
            LOG.fine(() -> "no reserve in " + volume + ": " + full.getMessage());
        }
    }

    private boolean exists() {
        return Files.isDirectory(volume.resolve(NAME));
    }

    private void fill() throws IOException {
        try (Directory reserve = Directory.open(volume.resolve(NAME))) {
            Space space = reserve.space();
            if (!reserve.list().isEmpty() || space.free() < 2 * bytes(space) || space.files() < 2 * FILES) {
                return;
            }
            try (OpenFile file = reserve.create("0", 0600)) {
                file.allocate(bytes(space));
            }
            for (int i = 1; i < FILES; i++) {
                reserve.create(Integer.toString(i), 0600).close();
            }
        }
    }

    private static long bytes(Space space) {
        return Math.min(MOST, space.size() / 32);
    }
}
