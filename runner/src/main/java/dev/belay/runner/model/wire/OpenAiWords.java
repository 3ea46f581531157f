package dev.belay.runner.model.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A provider's own words, made one line for people. */
final class OpenAiWords {
    static final int LONGEST = 300;

    /** Bounded so that no page makes the search for it long. */
    private static final Pattern TITLE = Pattern.compile("(?i)<title[^<>]{0,200}>([^<]*)</title>");

    private OpenAiWords() {}

    /** Characters that would steer a terminal, hide or reorder are left out. */
    static String line(String raw) {
        StringBuilder line = new StringBuilder();
        boolean apart = false;
        for (int i = 0; i < raw.length() && line.length() <= LONGEST; ) {
            int point = raw.codePointAt(i);
            i += Character.charCount(point);
            if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
                apart = !line.isEmpty();
            } else if (isShown(point)) {
                line.append(apart ? " " : "").appendCodePoint(point);
                apart = false;
            }
        }
        if (line.length() <= LONGEST) {
            return line.toString();
        }
        int cut = Character.isHighSurrogate(line.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
        return line.substring(0, cut) + "…";
    }

    /** What a page says to a reader: its title, or all of it without its marks. */
    static String page(String html) {
        Matcher title = TITLE.matcher(html);
        if (title.find()) {
            return title.group(1);
        }
        StringBuilder text = new StringBuilder();
        boolean inMark = false;
        for (int i = 0; i < html.length(); i++) {
            char c = html.charAt(i);
            if (c == '<') {
                inMark = true;
                text.append(' ');
            } else if (c == '>') {
                inMark = false;
            } else if (!inMark) {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
