package dev.belay.runner.secrets;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What stands in a sandbox in place of a secret: worth nothing anywhere, and the same for a task on whatever runner. */
public final class Placeholder {
    private static final int BYTES = 12;

    private Placeholder() {}

    /** {@code belay-secret-NPM-TOKEN-…}: letters, digits and dashes, which no client writes in another way. */
    public static String of(String task, String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("belay placeholder\0" + task + "\0" + name).getBytes(StandardCharsets.UTF_8));
            return "belay-secret-" + name.replace('_', '-') + "-"
                    + HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
