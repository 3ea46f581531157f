package dev.belay.controller.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** The forms in which a key is written down; one line end may follow. */
final class KeyText {
    static final String FORMS = "32 bytes, or 64 hex digits, or 44 characters of base64";

    private static final int HEX = 64;
    private static final int BASE64 = 44;

    private KeyText() {}

    /** What a file holds. */
    static Optional<byte[]> ofFile(byte[] content) {
        if (content.length == WrappingKey.BYTES) {
            return Optional.of(content);
        }
        byte[] line = withoutLineEnd(content);
        return line.length == WrappingKey.BYTES ? Optional.of(line) : written(line);
    }

    /** What a variable holds: no bytes as they are, since whatever can be typed has less in it than its length says. */
    static Optional<byte[]> ofVariable(String text) {
        return written(withoutLineEnd(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<byte[]> written(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        try {
            return switch (text.length()) {
                case HEX -> Optional.of(HexFormat.of().parseHex(text));
                case BASE64 ->
                    Optional.of(Base64.getDecoder().decode(text)).filter(key -> key.length == WrappingKey.BYTES);
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException neither) {
            return Optional.empty();
        }
    }

    private static byte[] withoutLineEnd(byte[] content) {
        int end = content.length;
        if (end > 0 && content[end - 1] == '\n') {
            end--;
            if (end > 0 && content[end - 1] == '\r') {
                end--;
            }
        }
        return Arrays.copyOf(content, end);
    }
}
