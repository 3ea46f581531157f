package dev.belay.cli.project;

import java.util.Locale;

/** Names that some file system takes for {@code .git}. */
final class TreeNames {
    private TreeNames() {}

    static boolean isDotGit(String name) {
        int from = 0;
        while (from <= name.length()) {
            int to = name.indexOf('\\', from);
            to = to < 0 ? name.length() : to;
            if (isDotGitPart(visible(name.substring(from, to)).toLowerCase(Locale.ROOT))) {
                return true;
            }
            from = to + 1;
        }
        return false;
    }

    private static boolean isDotGitPart(String part) {
        int end = 4;
        if (part.startsWith("git~")) {
            while (end < part.length() && part.charAt(end) >= '0' && part.charAt(end) <= '9') {
                end++;
            }
            if (end == 4) {
                return false;
            }
        } else if (!part.startsWith(".git")) {
            return false;
        }
        while (end < part.length() && (part.charAt(end) == ' ' || part.charAt(end) == '.')) {
            end++;
        }
        return end == part.length() || part.charAt(end) == ':';
    }

    /** Without what HFS+ leaves out of a name when it compares. */
    private static String visible(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean dropped = c >= 0x200c && c <= 0x200f
                    || c >= 0x202a && c <= 0x202e
                    || c >= 0x206a && c <= 0x206f
                    || c == 0xfeff;
            if (!dropped) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
