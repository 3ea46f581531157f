package dev.belay.controller.secrets;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A key that the keys of values are wrapped with. Told by its fingerprint, never printed. */
final class WrappingKey {
    static final int BYTES = 32;

    private static final String PURPOSE = "belay key id\0";
    private static final int ID = 16;

    private final SecretKey key;
    private final String id;
    private final String source;

    WrappingKey(byte[] bytes, String source) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a key has " + BYTES + " bytes");
        }
        this.key = new SecretKeySpec(bytes, "AES");
        this.id = fingerprint(bytes);
        this.source = source;
    }

    private static String fingerprint(byte[] bytes) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(PURPOSE.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash.digest(bytes)).substring(0, ID);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    SecretKey key() {
        return key;
    }

    String id() {
        return id;
    }

    /** {@code file:/etc/belay/secrets.key}. */
    String source() {
        return source;
    }

    @Override
    public String toString() {
        return "WrappingKey[" + id + " of " + source + "]";
    }
}
