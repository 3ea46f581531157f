package dev.belay.runner.model.offline;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Marks by which the server knows again what it gave out, without remembering it. Its key is no secret: it keeps out
 * mistakes, not people.
 */
final class Seal {
    private static final byte[] KEY = "the offline model server of Belay".getBytes(StandardCharsets.UTF_8);
    private static final int LENGTH = 32;

    private Seal() {}

    /** A mark that belongs to exactly this text. */
    static String of(String use, String text) {
        return Base64.getEncoder().encodeToString(mac(use, text));
    }

    static boolean isOf(String use, String text, String mark) {
        return MessageDigest.isEqual(
                of(use, text).getBytes(StandardCharsets.UTF_8), mark.getBytes(StandardCharsets.UTF_8));
    }

    /** The text together with its mark, so that it can be known again by itself. */
    static String wrap(String use, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(mac(use, text), LENGTH + content.length);
        System.arraycopy(content, 0, all, LENGTH, content.length);
        return Base64.getEncoder().encodeToString(all);
    }

    /** The text that {@code wrapped} was made of, if it was made here. */
    static Optional<String> unwrap(String use, String wrapped) {
        try {
            byte[] all = Base64.getDecoder().decode(wrapped);
            if (all.length < LENGTH) {
                return Optional.empty();
            }
            String text = new String(all, LENGTH, all.length - LENGTH, StandardCharsets.UTF_8);
            return Optional.of(text).filter(_ -> wrap(use, text).equals(wrapped));
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }

    /** Twenty characters that stand for the text. */
    static String tag(String text) {
        return HexFormat.of().formatHex(mac("tag", text), 0, 10);
    }

    private static byte[] mac(String use, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            mac.update((use + "\n").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HmacSHA256", impossible);
        }
    }
}
