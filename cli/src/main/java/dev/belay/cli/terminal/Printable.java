package dev.belay.cli.terminal;

/**
 * Text of others made harmless: what is printed shows what is there and cannot move the cursor, set a title, reorder
 * the line or hide in it.
 */
public final class Printable {
    private Printable() {}

    /** For one line: line breaks and tabs are shown too. */
    public static String line(String text) {
        return escape(text, false);
    }

    /** For a line of a file, whose tabs are kept. */
    public static String keepingTabs(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean tabs) {
        int harmless = 0;
        while (harmless < text.length() && isPlain(text.charAt(harmless))) {
            harmless++;
        }
        if (harmless == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, harmless);
        int at = harmless;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            append(out, point, tabs);
        }
        return out.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c < 0x600 && c != 0xad);
    }

    private static void append(StringBuilder out, int point, boolean tabs) {
        switch (point) {
            case '\t' -> out.append(tabs ? "\t" : "  ");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case 0x1b -> out.append("\\e");
            default -> {
                if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
                    out.append("\\x");
                    hex(out, point, 2);
                } else if (deceives(point)) {
                    out.append("\\u{");
                    hex(out, point, 4);
                    out.append('}');
                } else {
                    out.appendCodePoint(point);
                }
            }
        }
    }

    /** Invisible, or changes the order or the form of its neighbours. */
    private static boolean deceives(int point) {
        return point == 0xad
                || point == 0x61c
                || point == 0x180e
                || (point >= 0x200b && point <= 0x200f && point != 0x200d)
                || (point >= 0x2028 && point <= 0x202e)
                || (point >= 0x2060 && point <= 0x206f)
                || point == 0xfeff
                || (point >= 0xfff9 && point <= 0xfffb)
                || (point >= 0xe0000 && point <= 0xe0fff)
                || (point >= 0xd800 && point <= 0xdfff);
    }

    private static void hex(StringBuilder out, int value, int least) {
        String digits = Integer.toHexString(value);
        out.repeat("0", Math.max(0, least - digits.length())).append(digits);
    }

    /** Columns that escaped text takes in a terminal. */
    public static int columns(String text) {
        int columns = 0;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            columns += columns(point);
        }
        return columns;
    }

    static int columns(int point) {
        if (point < 0x300) {
            return 1;
        }
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (point >= 0x1100 && point <= 0x115f)
                || (point >= 0x2e80 && point <= 0xa4cf)
                || (point >= 0xac00 && point <= 0xd7a3)
                || (point >= 0xf900 && point <= 0xfaff)
                || (point >= 0xfe30 && point <= 0xfe6f)
                || (point >= 0xff00 && point <= 0xff60)
                || (point >= 0xffe0 && point <= 0xffe6)
                || (point >= 0x1f300 && point <= 0x1faff)
                || (point >= 0x20000 && point <= 0x3fffd);
        return wide ? 2 : 1;
    }

    /** The longest beginning that fits, with `…` where something is missing. */
    public static String fit(String text, int width) {
        if (columns(text) <= width) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int used = 0;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            int next = columns(point);
            if (used + next > width - 1) {
                break;
            }
            out.appendCodePoint(point);
            used += next;
            at += Character.charCount(point);
        }
        return width < 1 ? "" : out.append('…').toString();
    }
}
