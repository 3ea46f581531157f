package dev.belay.controller.tokens;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/** A bearer secret. Never printed; compared in constant time. */
public final class Token {
    private static final int SHORTEST = 32;
    private static final String SCHEME = "Bearer ";
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final byte[] secret;

    private Token(String secret) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    /** The token of a file that must be there and be private. */
    public static Token read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw refused(file, "it is not there");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!OWNER_ONLY.containsAll(permissions)) {
            throw refused(file, "others than its owner may read it: " + PosixFilePermissions.toString(permissions));
        }
        String secret = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (secret.length() < SHORTEST || secret.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw refused(file, "it does not hold one word of " + SHORTEST + " characters or more");
        }
        return new Token(secret);
    }

    /** The token of a file, which is made with a new one where it is not there. */
    public static Token readOrCreate(Path file, SecureRandom random) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = new byte[32];
            random.nextBytes(bytes);
            Path fresh = file.resolveSibling(
                    file.getFileName() + ".new-" + ProcessHandle.current().pid());
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(fresh, HexFormat.of().formatHex(bytes) + "\n", StandardOpenOption.WRITE);
            Files.move(fresh, file);
        }
        return read(file);
    }

    /** Whether an Authorization header carries this token. */
    public boolean authorizes(String header) {
        if (header.length() <= SCHEME.length() || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] given = header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(secret, given);
    }

    private static BelayException refused(Path file, String why) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "the token file " + file + " cannot be used",
                "the controller: " + why,
                "chmod 600 " + file + ", or remove it to have a new one made");
    }

    @Override
    public String toString() {
        return "Token[…]";
    }
}
