package dev.belay.cli.models;

import dev.belay.cli.StateFolder;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The key for one provider, in the folder of the local runner. It belongs to the runner's own user, which is another one than
 * root where Belay was started as root; nobody else can read it, and there is never half of one.
 */
record KeyFile(StateFolder state, String provider) {
    private static final String FOLDER = "keys";

    /** What the launcher gives to the runner's user. */
    private Path room() {
        return state.runner().resolve("room");
    }

    private Path folder() {
        return room().resolve(FOLDER);
    }

    private Path file() {
        return folder().resolve(provider);
    }

    /**
     * Made beside the room, where nobody but the person can put anything, and moved in whole. The runner may do with its
     * room what it likes meanwhile: nothing is followed there.
     */
    void write(String key) {
        Path fresh = state.runner().resolve(fresh());
        try {
            Object owner = Files.getAttribute(room(), "unix:uid", LinkOption.NOFOLLOW_LINKS);
            makeFolder(owner);
            Files.deleteIfExists(fresh);
            try {
                try (var out = Files.newByteChannel(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                    out.write(java.nio.ByteBuffer.wrap(
                            (key + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
                }
                Files.setAttribute(fresh, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
                moveIn();
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "the key cannot be kept",
                            failed + " (layer: client)",
                            "look at the permissions of " + state.runner())
                    .causedBy(failed);
        }
    }

    private void makeFolder(Object owner) throws IOException {
        if (!Files.isDirectory(folder(), LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    folder(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.setAttribute(folder(), "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private void moveIn() throws IOException {
        try (DirectoryStream<Path> beside = Files.newDirectoryStream(state.runner())) {
            inFolder(keys -> secure(beside).move(Path.of(fresh()), keys, Path.of(provider)));
        }
    }

    /** @return whether there was one */
    boolean remove() {
        try {
            inFolder(keys -> keys.deleteFile(Path.of(provider)));
            return true;
        } catch (NoSuchFileException none) {
            return false;
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "the key cannot be removed",
                            failed + " (layer: client)",
                            "rm " + file())
                    .causedBy(failed);
        }
    }

    private interface Inside {
        void act(SecureDirectoryStream<Path> keys) throws IOException;
    }

    /** In the folder that was opened, wherever that is by now. */
    private void inFolder(Inside inside) throws IOException {
        try (DirectoryStream<Path> room = Files.newDirectoryStream(room());
                SecureDirectoryStream<Path> keys =
                        secure(room).newDirectoryStream(Path.of(FOLDER), LinkOption.NOFOLLOW_LINKS)) {
            inside.act(keys);
        }
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> opened) throws IOException {
        if (opened instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException("folders cannot be gone through here without following links");
    }

    private String fresh() {
        return ".key-" + provider;
    }
}
