package dev.belay.proto.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;

/**
 * A file that holds nothing but space, beside what must not run out of it. Its bytes are random: a file system that
 * compresses, or that keeps no zeros, would give no space back for others.
 */
public final class Ballast {
    private static final int BLOCK = 1 << 20;

    private final Path file;
    private final long bytes;

    public Ballast(Path folder, long bytes) {
        this.file = folder.resolve("ballast");
        this.bytes = bytes;
    }

    public long bytes() {
        return bytes;
    }

    /** Whether it is whole; one of no bytes always is. */
    public boolean stands() {
        try {
            return bytes == 0 || Files.size(file) == bytes;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Whole or not at all. */
    public void make() throws IOException {
        Path fresh = file.resolveSibling("ballast.new");
        byte[] block = new byte[BLOCK];
        RandomGenerator random = RandomGenerator.of("Xoroshiro128PlusPlus");
        try {
            try (FileChannel out = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                for (long left = bytes; left > 0; left -= Math.min(left, BLOCK)) {
                    random.nextBytes(block);
                    for (ByteBuffer part = ByteBuffer.wrap(block, 0, (int) Math.min(left, BLOCK));
                            part.hasRemaining(); ) {
                        out.write(part);
                    }
                }
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException full) {
            Files.deleteIfExists(fresh);
            throw full;
        }
    }

    /** Gives the space to whoever needs it. */
    public boolean free() throws IOException {
        Files.deleteIfExists(file.resolveSibling("ballast.new"));
        return Files.deleteIfExists(file);
    }
}
