package dev.belay.runner.disk;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.random.RandomGenerator;

/** A file that holds nothing but space. Its bytes are random, so that no file system keeps them in less. */
final class Ballast {
    private static final int BLOCK = 1 << 20;

    private final Path file;
    private final long bytes;

    Ballast(Path folder, long bytes) {
        this.file = folder.resolve("ballast");
        this.bytes = bytes;
    }

    long bytes() {
        return bytes;
    }

    /** Whether it is whole; one of no bytes always is. */
    boolean stands() {
        try {
            return bytes == 0 || Files.size(file) == bytes;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Whole or not at all. */
    void make() throws IOException {
        Path fresh = file.resolveSibling("ballast.new");
        byte[] block = new byte[BLOCK];
        RandomGenerator random = RandomGenerator.of("Xoroshiro128PlusPlus");
        try {
            try (OutputStream out = Files.newOutputStream(fresh)) {
                for (long left = bytes; left > 0; left -= Math.min(left, BLOCK)) {
                    random.nextBytes(block);
                    out.write(block, 0, (int) Math.min(left, BLOCK));
                }
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException full) {
            Files.deleteIfExists(fresh);
            throw full;
        }
    }

    /** Gives the space to whoever needs it. */
    boolean free() throws IOException {
        Files.deleteIfExists(file.resolveSibling("ballast.new"));
        return Files.deleteIfExists(file);
    }
}
