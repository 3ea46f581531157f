package dev.belay.policies.delivery;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A path as the file system takes it that sees the fewest differences: letters without their case, compatibility forms as
 * what they stand for, no characters that are not seen, no dots and blanks at the end, no stream behind a colon, and
 * backslashes as separators. Two paths that any file system takes for one are one here.
 */
public final class Names {
    private static final Pattern END = Pattern.compile("[. ]+$");

    private Names() {}

    public static List<String> folded(String path) {
        List<String> names = new ArrayList<>();
        int from = 0;
        for (int at = 0; at <= path.length(); at++) {
            if (at == path.length() || path.charAt(at) == '/' || path.charAt(at) == '\\') {
                String name = path.substring(from, at);
                if (!name.isEmpty() && !name.equals(".")) {
                    names.add(fold(name));
                }
                from = at + 1;
            }
        }
        return names;
    }

    /** A piece of a name, without what only its end says. */
    public static String letters(String piece) {
        if (isAscii(piece)) {
            return piece.toLowerCase(Locale.ROOT);
        }
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
        if (endsPlainly(file)) {
            return file;
        }
        String trimmed = END.matcher(file).replaceFirst("");
        return trimmed.isEmpty() ? file : trimmed;
    }

    /** So it has one form alone, but for the case of its letters. */
    private static boolean isAscii(String piece) {
        for (int at = 0; at < piece.length(); at++) {
            if (piece.charAt(at) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** So that {@link #END} finds nothing. */
    private static boolean endsPlainly(String file) {
        char last = file.isEmpty() ? '.' : file.charAt(file.length() - 1);
        return last > ' ' && last < 0x7f && last != '.';
    }
}
