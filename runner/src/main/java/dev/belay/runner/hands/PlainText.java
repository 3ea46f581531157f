package dev.belay.runner.hands;

/**
 * Text from inside, made harmless for a terminal and honest for a reader: terminal sequences are removed, characters that
 * would hide or reorder what stands around them become visible escapes.
 */
public final class PlainText {
    /** A sequence that has not ended after this many characters is no sequence. */
    private static final int LONGEST = 4096;

    private PlainText() {}

    /** Output of a command: terminal sequences and control characters go, a lone carriage return ends a line. */
    public static String strip(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            int next = i + Character.charCount(point);
            if (point == 0x1b || (point >= 0x90 && point <= 0x9f)) {
                i = afterSequence(text, i);
            } else {
                if (point == '\r') {
                    if (next >= text.length() || text.charAt(next) != '\n') {
                        out.append('\n');
                    }
                } else if (!Character.isISOControl(point) || point == '\n' || point == '\t') {
                    append(out, point);
                }
                i = next;
            }
        }
        return out.toString();
    }

    /** A line of a file: nothing is removed, what cannot be seen is escaped. */
    public static String reveal(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> append(out, point));
        return out.toString();
    }

    /** One line of at most {@code width} characters. */
    public static String line(String text, int width) {
        String flat = strip(text.length() > width * 8 ? text.substring(0, width * 8) : text)
                .replaceAll("\\s+", " ")
                .strip();
        if (flat.length() <= width) {
            return flat;
        }
        int cut = Character.isHighSurrogate(flat.charAt(width - 2)) ? width - 2 : width - 1;
        return flat.substring(0, cut) + "…";
    }

    /** Characters that a terminal or a reader does not show as themselves. */
    static boolean hidden(int point) {
        return (Character.isISOControl(point) && point != '\t')
                || (point >= 0x200e && point <= 0x200f)
                || (point >= 0x202a && point <= 0x202e)
                || (point >= 0x2066 && point <= 0x2069)
                || point == 0x061c
                || point == 0x200b
                || point == 0x2060
                || point == 0xfeff
                || point == 0x2028
                || point == 0x2029
                || (point >= 0xe0000 && point <= 0xe007f);
    }

    private static void append(StringBuilder out, int point) {
        if (point == '\n' || !hidden(point)) {
            out.appendCodePoint(point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point);
        } else if (point <= 0xFFFF) {
            out.append("\\u%04x".formatted(point));
        } else {
            out.append("\\U%08x".formatted(point));
        }
    }

    /** Where the terminal sequence that begins at {@code at} has ended; an unfinished one is its introducer alone. */
    private static int afterSequence(String text, int at) {
        char first = text.charAt(at);
        int body = at + 1;
        char kind;
        if (first == 0x1b) {
            if (body >= text.length()) {
                return body;
            }
            kind = text.charAt(body++);
        } else {
            kind = (char) (first - 0x40);
        }
        int end = Math.min(text.length(), body + LONGEST);
        if (kind == '[') {
            for (int i = body; i < end; i++) {
                char c = text.charAt(i);
                if (c >= 0x40 && c <= 0x7e) {
                    return i + 1;
                }
                if (c < 0x20 || c > 0x7e) {
                    return i;
                }
            }
            return end;
        }
        if ("]PX^_".indexOf(kind) >= 0) {
            for (int i = body; i < end; i++) {
                char c = text.charAt(i);
                if (c == 0x07 || c == 0x9c) {
                    return i + 1;
                }
                if (c == 0x1b) {
                    return i + 1 < text.length() && text.charAt(i + 1) == '\\' ? i + 2 : i;
                }
                if (c == '\n') {
                    break;
                }
            }
            return body;
        }
        if (first != 0x1b) {
            return at + 1;
        }
        int i = body - 1;
        while (i < end && text.charAt(i) >= 0x20 && text.charAt(i) <= 0x2f) {
            i++;
        }
        boolean complete = i < end && text.charAt(i) >= 0x30 && text.charAt(i) <= 0x7e;
        return complete ? i + 1 : at + 1;
    }
}
