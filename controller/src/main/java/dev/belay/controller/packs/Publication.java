package dev.belay.controller.packs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The right to change a scope's record and what is beside it: one holder at a time, in every process of a shared store. */
final class Publication implements AutoCloseable {
    private static final int LOCKS = 64;
    private static final ReentrantLock[] HERE =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(ReentrantLock[]::new);

    private final ReentrantLock here;
    private final @Nullable FileChannel everywhere;

    private Publication(ReentrantLock here, @Nullable FileChannel everywhere) {
        this.here = here;
        this.everywhere = everywhere;
    }

    static Publication begin(Path root, ScopeFolder folder, boolean shared) throws IOException {
        // Of the path below the root: that may lie elsewhere on another machine.
        int number = Math.floorMod(root.relativize(folder.git()).toString().hashCode(), LOCKS);
        ReentrantLock here = HERE[number];
        here.lock();
        try {
            return new Publication(here, shared ? locked(root.resolve(".locks"), number) : null);
        } catch (IOException | RuntimeException failed) {
            here.unlock();
            throw failed;
        }
    }

    private static FileChannel locked(Path folder, int number) throws IOException {
        Files.createDirectories(folder);
        FileChannel channel = FileChannel.open(
                folder.resolve(Integer.toString(number)), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            channel.lock();
            return channel;
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (everywhere != null) {
                everywhere.close();
            }
        } finally {
            here.unlock();
        }
    }
}
