package dev.belay.controller.api;

import dev.belay.controller.Settings;
import jakarta.inject.Singleton;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes an answer whole on disk before its first byte leaves, so that a failure is an error and not half an answer. */
@Singleton
final class Spool {
    private final Path folder;

    Spool(Settings settings) {
        this.folder = settings.home().resolve("tmp");
    }

    /** Writes an answer. */
    interface Source {
        void write(OutputStream out) throws IOException;
    }

    InputStream of(Source source) throws IOException {
        Files.createDirectories(folder);
        Path file = Files.createTempFile(folder, "answer-", "");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                source.write(out);
            }
            // The file has no name from here on; it goes when the stream is closed, or the process ends.
            return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(file);
            throw failed;
        }
    }
}
