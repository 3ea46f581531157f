package dev.belay.runner.model.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a text falls apart on its way. All pieces together are the text. */
final class Pieces {
    /** With the blanks behind it. */
    private static final Pattern WORD = Pattern.compile("\\s*+\\S++\\s*+|\\s++");

    private static final int PARTS = 5;
    private static final int SHORTEST = 4;
    private static final int LONGEST = 4096;

    private Pieces() {}

    static List<String> words(String text) {
        List<String> all = new ArrayList<>();
        for (Matcher word = WORD.matcher(text); word.find(); ) {
            all.add(word.group());
        }
        return all;
    }

    /** Cut wherever it comes, as the arguments of a call are. */
    static List<String> anywhere(String text) {
        int length = Math.clamp(text.length() / PARTS, SHORTEST, LONGEST);
        List<String> all = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = boundary(text, Math.min(text.length(), from + length));
            all.add(text.substring(from, to));
            from = to;
        }
        return all;
    }

    /** The place, or the one before it where it is in the middle of a character. */
    static int boundary(String text, int place) {
        boolean inside = place > 0
                && place < text.length()
                && Character.isLowSurrogate(text.charAt(place))
                && Character.isHighSurrogate(text.charAt(place - 1));
        return inside ? place - 1 : place;
    }
}
