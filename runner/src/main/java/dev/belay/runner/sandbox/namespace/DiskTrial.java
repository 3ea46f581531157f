package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Errno;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.room.Broker;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport.Finding;
import dev.belay.runner.sandbox.EngineReport.Grade;
import java.io.IOException;

/** Fills a small volume: what is written beyond its size must be refused, and so must one file too many. */
final class DiskTrial {
    private static final String NAME = "disk-cap";
    private static final int MIB = 16;
    private static final int MORE_FILES_THAN_FIT = 100_000;

    private DiskTrial() {}

    /** @param id of the trial */
    static Finding of(Room room, String id) {
        if (room.broker().isEmpty()) {
            return new Finding(
                    NAME,
                    Grade.WEAKER,
                    "a task's files are bounded one by one and not in sum",
                    room.firstUid().isPresent()
                            ? "let the runner have loop devices, and install e2fsprogs"
                            : "start the runner as root (sudo belay up)");
        }
        Broker broker = room.broker().get();
        try {
            broker.make(id, MIB);
            try (Directory volume = Directory.open(broker.at(id))) {
                return bytesAreCounted(volume) && filesAreCounted(volume)
                        ? new Finding(NAME, Grade.HOLDS, "ext4 volume of its own", "")
                        : new Finding(NAME, Grade.FAILS, "more can be written to a volume than fits", "");
            } finally {
                broker.remove(id);
            }
        } catch (IOException failed) {
            return new Finding(NAME, Grade.FAILS, "a volume cannot be tried: " + failed.getMessage(), "belay doctor");
        }
    }

    private static boolean bytesAreCounted(Directory volume) throws IOException {
        byte[] bytes = new byte[1 << 20];
        try (OpenFile file = volume.create("bytes", 0600)) {
            for (int mib = 0; mib <= MIB; mib++) {
                file.write(bytes, 0, bytes.length);
            }
            return false;
        } catch (Errno refused) {
            return isFull(refused);
        } finally {
            volume.unlink("bytes");
        }
    }

    private static boolean filesAreCounted(Directory volume) throws IOException {
        try {
            for (int i = 0; i < MORE_FILES_THAN_FIT; i++) {
                volume.create(Integer.toString(i), 0600).close();
            }
            return false;
        } catch (Errno refused) {
            return isFull(refused);
        }
    }

    private static boolean isFull(Errno refused) throws Errno {
        if (refused.number() != Errno.ENOSPC) {
            throw refused;
        }
        return true;
    }
}
