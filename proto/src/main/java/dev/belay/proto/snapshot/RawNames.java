package dev.belay.proto.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Names as git has them are bytes: raw is a string with one char for each (ISO 8859-1), text is for people. */
public final class RawNames {
    private RawNames() {}

    public static byte[] bytes(String raw) {
        return raw.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static String raw(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** UTF-8 where it is UTF-8; each other byte as {@code \xNN}. */
    public static String text(String raw) {
        byte[] bytes = bytes(raw);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            StringBuilder text = new StringBuilder();
            for (byte b : bytes) {
                if (b >= 0x20 && b != 0x7f) {
                    text.append((char) b);
                } else {
                    text.append(String.format("\\x%02x", b & 0xff));
                }
            }
            return text.toString();
        }
    }

    /** The directory that a path is in; empty for the top. */
    static String above(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
