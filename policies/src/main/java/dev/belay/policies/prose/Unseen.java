package dev.belay.policies.prose;

/** Characters that nobody sees, or that show a line in another order than it has. */
final class Unseen {
    private static final int JOINER = 0x200d;

    private Unseen() {}

    /** The first such character's place, or -1. Joiners inside of an emoji are part of what is seen. */
    static int in(String line) {
        for (int at = 0; at < line.length(); at += Character.charCount(line.codePointAt(at))) {
            int point = line.codePointAt(at);
            if (unseen(point) && !(point == JOINER && joins(line, at))) {
                return at;
            }
        }
        return -1;
    }

    /** What is left to read, to find out what the line is about. */
    static String without(String line) {
        StringBuilder left = new StringBuilder();
        line.codePoints().filter(point -> !unseen(point) && !selector(point)).forEach(left::appendCodePoint);
        return left.toString();
    }

    /** Asks for the look of an emoji. */
    static boolean selector(int point) {
        return point == 0xfe0e || point == 0xfe0f;
    }

    private static boolean unseen(int point) {
        return switch (Character.getType(point)) {
            case Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            case Character.CONTROL -> point != '\t';
            default -> filler(point);
        };
    }

    private static boolean filler(int point) {
        return point == 0x034f
                || point == 0x115f
                || point == 0x1160
                || point == 0x17b4
                || point == 0x17b5
                || point >= 0x180b && point <= 0x180f
                || point == 0x2800
                || point == 0x3164
                || point >= 0xfe00 && point <= 0xfe0d
                || point == 0xffa0
                || point >= 0xe0000 && point <= 0xe0fff;
    }

    private static boolean joins(String line, int at) {
        return at > 0
                && at + 1 < line.length()
                && pictured(line.codePointBefore(at))
                && pictured(line.codePointAt(at + 1));
    }

    private static boolean pictured(int point) {
        int type = Character.getType(point);
        return selector(point) || point > 0x7f && (type == Character.OTHER_SYMBOL || type == Character.MODIFIER_SYMBOL);
    }
}
