package dev.belay.cli.models;

import dev.belay.cli.StateFolder;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The key for one provider, in the folder of the local runner. It belongs to the runner's own user, which is another one than
 * root where Belay was started as root; nobody else can read it, and there is never half of one.
 */
record KeyFile(StateFolder state, String provider) {
    /** What the launcher gives to the runner's user. */
    private Path room() {
        return state.runner().resolve("room");
    }

    private Path folder() {
        return room().resolve("keys");
    }

    private Path file() {
        return folder().resolve(provider);
    }

    void write(String key) {
        Path fresh = folder().resolve("." + provider);
        try {
            Object owner = Files.getAttribute(room(), "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!Files.isDirectory(folder(), LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        folder(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.setAttribute(folder(), "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
            }
            Files.deleteIfExists(fresh);
            try (var out = Files.newByteChannel(
                    fresh,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                out.write(java.nio.ByteBuffer.wrap((key + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            }
            Files.setAttribute(fresh, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
            Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "the key cannot be kept",
                            failed + " (layer: client)",
                            "look at the permissions of " + state.runner())
                    .causedBy(failed);
        }
    }

    /** @return whether there was one */
    boolean remove() {
        try {
            return Files.deleteIfExists(file());
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "the key cannot be removed",
                            failed + " (layer: client)",
                            "rm " + file())
                    .causedBy(failed);
        }
    }
}
