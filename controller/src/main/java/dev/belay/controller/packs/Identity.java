package dev.belay.controller.packs;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The name of a store, in a file of it: by whatever path it is reached, it is the same. */
final class Identity {
    private Identity() {}

    static String of(Path root) throws IOException {
        Path file = root.resolve(".id");
        if (!Files.exists(file)) {
            String fresh = UUID.randomUUID().toString();
            Path written = root.resolve(".id-" + fresh);
            Durable.write(written, fresh + "\n");
            try {
                // Whole or not at all, and of several that begin together the first one's counts.
                Files.createLink(file, written);
            } catch (FileAlreadyExistsException another) {
                return Files.readString(file).strip();
            } finally {
                Files.delete(written);
            }
            Durable.directory(root);
        }
        return Files.readString(file).strip();
    }
}
