package dev.belay.policies.files;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Paths as the language says they are: names as text, folded the long way. */
final class PlainPaths {
    private PlainPaths() {}

    /** @param written without {@code .} and {@code ..} */
    record Names(List<String> written, List<String> folded) {}

    /** Empty: it is none of the project. */
    static Optional<Names> of(String path) {
        if (path.length() > 4096 || path.indexOf('\0') >= 0 || path.startsWith("/")) {
            return Optional.empty();
        }
        List<String> written = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (written.isEmpty()) {
                    return Optional.empty();
                }
                written.removeLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                written.add(name);
            }
        }
        List<String> folded = folded(String.join("/", written));
        return folded.stream().anyMatch(PlainPaths::climbs)
                ? Optional.empty()
                : Optional.of(new Names(written, folded));
    }

    private static boolean climbs(String name) {
        return name.matches("\\.\\.[. ]*") || List.of(name.split("/")).contains("..");
    }

    static List<String> folded(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("[/\\\\]")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name(name));
            }
        }
        return names;
    }

    static String letters(String piece) {
        StringBuilder seen = new StringBuilder();
        Normalizer.normalize(piece, Normalizer.Form.NFKC)
                .codePoints()
                .filter(point -> Character.getType(point) != Character.FORMAT)
                .forEach(seen::appendCodePoint);
        return seen.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static String name(String name) {
        String seen = letters(name);
        int stream = seen.indexOf(':');
        String file = stream > 0 ? seen.substring(0, stream) : seen;
        String trimmed = file.replaceFirst("[. ]+$", "");
        return trimmed.isEmpty() ? file : trimmed;
    }
}
