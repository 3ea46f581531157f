package dev.belay.cli.local;

import dev.belay.cli.StateFolder;
import dev.belay.cli.http.Pause;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One start or end at a time: held by the process, so it is never left behind. */
final class LocalLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration STEP = Duration.ofMillis(50);

    private final FileChannel channel;

    private LocalLock(FileChannel channel) {
        this.channel = channel;
    }

    static LocalLock take(StateFolder state, Pause pause) throws InterruptedException {
        Path file = StateFolder.make(state.local()).resolve("lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            Duration waited = Duration.ZERO;
            while (attempt(channel) == null) {
                if (waited.compareTo(PATIENCE) >= 0) {
                    channel.close();
                    throw BelayException.of(
                            ErrorCode.E_BUSY,
                            "another belay is starting or stopping the local server",
                            "it has held " + file + " for " + PATIENCE.toSeconds() + " s (layer: client)",
                            "belay status");
                }
                pause.pause(STEP);
                waited = waited.plus(STEP);
            }
            return new LocalLock(channel);
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "cannot lock " + file,
                            failed.getMessage() + " (layer: client)",
                            "export BELAY_STATE=DIR with a folder of your own")
                    .causedBy(failed);
        }
    }

    private static @Nullable FileLock attempt(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new IllegalStateException("cannot release the lock", failed);
        }
    }
}
