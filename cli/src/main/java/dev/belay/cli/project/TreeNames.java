package dev.belay.cli.project;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names that some file system takes for {@code .git}. */
final class TreeNames {
    private static final Pattern IGNORED = Pattern.compile("[\\u200c-\\u200f\\u202a-\\u202e\\u206a-\\u206f\\ufeff]");
    private static final Pattern DOT_GIT = Pattern.compile("(\\.git|git~[0-9]+)[ .]*(:.*)?", Pattern.DOTALL);

    private TreeNames() {}

    static boolean isDotGit(String name) {
        for (String part : name.split("\\\\", -1)) {
            String plain = IGNORED.matcher(part).replaceAll("").toLowerCase(Locale.ROOT);
            if (DOT_GIT.matcher(plain).matches()) {
                return true;
            }
        }
        return false;
    }
}
