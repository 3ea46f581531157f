package dev.belay.policies.delivery;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A path as the file system takes it that sees the fewest differences: letters without their case, compatibility forms as
 * what they stand for, no characters that are not seen, no dots and blanks at the end, no stream behind a colon, and
 * backslashes as separators. Two paths that any file system takes for one are one here.
 */
public final class Names {
    private Names() {}

    public static List<String> folded(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("[/\\\\]")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(fold(name));
            }
        }
        return names;
    }

    /** A piece of a name, without what only its end says. */
    public static String letters(String piece) {
        return Normalizer.normalize(piece, Normalizer.Form.NFKC)
                .codePoints()
                .filter(point -> Character.getType(point) != Character.FORMAT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
    }

    private static String fold(String name) {
        String seen = letters(name);
        int stream = seen.indexOf(':');
        String file = stream > 0 ? seen.substring(0, stream) : seen;
        String trimmed = file.replaceFirst("[. ]+$", "");
        return trimmed.isEmpty() ? file : trimmed;
    }
}
