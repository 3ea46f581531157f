package dev.belay.policies.language;

/** Text of others in a message: on one line, of bounded length, with nothing in it that a terminal would obey. */
public final class Quoted {
    private static final int MOST = 120;

    private Quoted() {}

    public static String of(String text) {
        StringBuilder shown = new StringBuilder("`");
        text.codePoints().limit(MOST).map(Quoted::visible).forEach(shown::appendCodePoint);
        return shown.append(text.codePointCount(0, text.length()) > MOST ? "...`" : "`")
                .toString();
    }

    /** The character, or a question mark for one that cannot be seen. */
    public static int visible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> '?';
            default -> point;
        };
    }
}
