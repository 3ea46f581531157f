package dev.belay.runner.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** mknod(2) of a pipe with a name. */
public final class Fifo {
    private static final long MKNOD = 133;
    private static final long S_IFIFO = 0x1000;
    private static final long OWNER_ONLY = 0600;

    private Fifo() {}

    public static Path make(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long result =
                    Syscall.call(MKNOD, arena.allocateFrom(path.toString()).address(), S_IFIFO | OWNER_ONLY, 0);
            if (result < 0) {
                throw new Errno((int) -result, "mknod", path.toString());
            }
            return path;
        }
    }
}
