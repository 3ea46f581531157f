package dev.belay.policies.files;

import dev.belay.policies.delivery.Names;
import java.util.ArrayList;
import java.util.List;

/**
 * A path that somebody asks about. Links are not known here: who follows them asks about what they lead to, too.
 */
sealed interface ProjectPath {
    /** As long as a path can be that a system takes. */
    int MOST = 4096;

    /**
     * @param written without {@code .} and {@code ..}
     * @param folded the names as {@link Names} folds them; the very same where that changes nothing
     */
    record Inside(Spelling written, Spelling folded) implements ProjectPath {}

    /** @param why half a sentence about the path */
    record Outside(String why) implements ProjectPath {}

    static ProjectPath of(String path) {
        if (path.length() > MOST) {
            return new Outside("is longer than a path can be");
        }
        if (path.indexOf('\0') >= 0) {
            return new Outside("has a NUL in it");
        }
        if (path.startsWith("/")) {
            return new Outside("is not inside the project");
        }
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (names.isEmpty()) {
                    return new Outside("leaves the project");
                }
                names.removeLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        List<String> folded = Names.folded(String.join("/", names));
        for (String name : folded) {
            if (climbs(name)) {
                return new Outside("leaves its folder on some file systems");
            }
        }
        Spelling written = Spelling.of(names);
        return new Inside(written, folded.equals(names) ? written : Spelling.of(folded));
    }

    /** Dots and blanks at the end of a name are nothing to some file systems, so {@code ".. "} is {@code ..} there. */
    private static boolean climbs(String name) {
        return name.contains("..")
                && (name.startsWith("..") && name.chars().allMatch(c -> c == '.' || c == ' ')
                        || ("/" + name + "/").contains("/../"));
    }
}
