package dev.belay.controller.secrets;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/** A file with a key, which is nobody's but its owner's. */
final class KeyFile {
    private static final int LONGEST = 128;
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final Set<PosixFilePermission> PRIVATE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path path;

    KeyFile(Path path) {
        this.path = path;
    }

    /** @throws BelayException E_USAGE naming the file, and nothing of what it holds */
    WrappingKey read() {
        try {
            if (!Files.isRegularFile(path)) {
                throw refused("it is no file, or is not there", "set BELAY_SECRETS_KEY to a file with a key");
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            if (!OWNERS.containsAll(permissions)) {
                throw refused(
                        "others than its owner may use it: " + PosixFilePermissions.toString(permissions),
                        "chmod 600 " + path);
            }
            byte[] content;
            try (InputStream in = Files.newInputStream(path)) {
                content = in.readNBytes(LONGEST);
            }
            return new WrappingKey(
                    KeyText.ofFile(content)
                            .orElseThrow(() -> refused(
                                    "it does not hold " + KeyText.FORMS,
                                    "bring back the key that it held, or name another file in BELAY_SECRETS_KEY")),
                    toString());
        } catch (IOException unreadable) {
            throw refused(
                            "it cannot be read: " + unreadable.getMessage(),
                            "give it to the user that the controller runs as")
                    .causedBy(unreadable);
        }
    }

    /** It is on the disk before anything can be sealed with it. One that is there already stays, and is read. */
    WrappingKey readOrMake(SecureRandom random) {
        try {
            if (!Files.exists(path)) {
                make(random);
            }
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_SETUP,
                            "no key for secrets can be made in " + path,
                            "the controller: " + failed.getMessage(),
                            "mend what is named, or set BELAY_SECRETS_KEY")
                    .causedBy(failed);
        }
        return read();
    }

    private void make(SecureRandom random) throws IOException {
        byte[] key = new byte[WrappingKey.BYTES];
        random.nextBytes(key);
        // Half a key under its own name would stop every later start.
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel out = FileChannel.open(
                fresh,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PRIVATE))) {
            ByteBuffer bytes =
                    ByteBuffer.wrap((HexFormat.of().formatHex(key) + "\n").getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        try {
            Files.move(fresh, path);
        } catch (FileAlreadyExistsException somebodyElses) {
            Files.delete(fresh);
        }
        try (FileChannel folder = FileChannel.open(path.resolveSibling(""), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private BelayException refused(String why, String next) {
        return BelayException.of(
                ErrorCode.E_USAGE, "the key file " + path + " cannot be used", "the controller: " + why, next);
    }

    @Override
    public String toString() {
        return "file:" + path;
    }
}
