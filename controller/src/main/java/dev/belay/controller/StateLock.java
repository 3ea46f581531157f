package dev.belay.controller;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One controller uses a state directory at a time. */
final class StateLock implements AutoCloseable {
    private final FileChannel held;

    private StateLock(FileChannel held) {
        this.held = held;
    }

    /** @throws BelayException E_BUSY */
    static StateLock take(Path home) throws IOException {
        FileChannel channel =
                FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException ofThisProcess) {
            lock = null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    "another controller uses " + home,
                    "controller: a running process holds its lock",
                    "belay status, or set BELAY_STATE to a directory of its own");
        }
        return new StateLock(channel);
    }

    @Override
    public void close() throws IOException {
        held.close();
    }
}
