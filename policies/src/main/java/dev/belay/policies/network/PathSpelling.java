package dev.belay.policies.network;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** How a path is written in a request: what may stand for itself, and what has to be escaped. */
final class PathSpelling {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String MARKS = "-._~!$&'()*+,;=:@/";

    private PathSpelling() {}

    static boolean standsForItself(int c) {
        return isLetterOrDigit(c) || c < 0x7f && MARKS.indexOf(c) >= 0;
    }

    /** What means the same with an escape and without, everywhere; so an escape of it is there to deceive somebody. */
    static boolean needsNoEscape(int c) {
        return isLetterOrDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    }

    private static boolean isLetterOrDigit(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    /** A text of characters as it is sent. */
    static String of(String characters) {
        StringBuilder spelt = new StringBuilder();
        for (byte b : characters.getBytes(StandardCharsets.UTF_8)) {
            append(b & 0xff, spelt);
        }
        return spelt.toString();
    }

    private static void append(int b, StringBuilder spelt) {
        if (b < 0x80 && standsForItself(b)) {
            spelt.append((char) b);
        } else {
            escape(b, spelt);
        }
    }

    static void escape(int b, StringBuilder spelt) {
        spelt.append('%').append(HEX.toHexDigits((byte) b));
    }
}
