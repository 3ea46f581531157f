package dev.belay.cli.context;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What proves to a server who asks. No message ever holds one. */
public final class Token {
    private static final int MOST_BYTES = 16 << 10;
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");

    private Token() {}

    /**
     * The same text, when it can travel in a header.
     *
     * @param from where it was found, for the message
     */
    public static String checked(String text, String from) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
                throw signedOut(
                        from + " holds no token",
                        "character " + (i + 1) + " cannot be part of one",
                        "put the token there as it was given");
            }
        }
        return text;
    }

    /** The token in a file that nobody but its owner can read; any other file is refused, as ssh refuses such a key. */
    static String inFile(Path file) {
        refuseReadableByOthers(file);
        String token;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw signedOut(file + " holds no token", "it is larger than 16 KiB", "name the file with the token");
            }
            token = Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw signedOut(
                            "the token file " + file + " cannot be read",
                            unreadable.getClass().getSimpleName(),
                            "name a readable file with the token")
                    .causedBy(unreadable);
        }
        if (token.isEmpty()) {
            throw signedOut("the token file " + file + " is empty", "a token is needed", "put the token there");
        }
        return checked(token, "the token file " + file);
    }

    static void refuseReadableByOthers(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNERS.containsAll(permissions)) {
                throw signedOut(
                        file + " is open to others than its owner",
                        "its mode is " + PosixFilePermissions.toString(permissions) + ", and whoever reads it is you",
                        "chmod 600 " + file);
            }
        } catch (NoSuchFileException absent) {
            throw signedOut("there is no file " + file, "a token is needed", "belay context list")
                    .causedBy(absent);
        } catch (IOException failed) {
            throw signedOut(
                            "cannot look at " + file,
                            failed.getClass().getSimpleName(),
                            "name a readable file with the token")
                    .causedBy(failed);
        }
    }

    private static BelayException signedOut(String what, String why, String next) {
        return BelayException.of(ErrorCode.E_SIGNED_OUT, what, why + " (layer: client)", next);
    }
}
