package dev.belay.policies.delivery;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A path's last names, or with {@code below} any of its names in a row, as {@link Names} folds them. */
record NamePattern(List<Pattern> names, boolean below) {
    /** {@code *} stands for any characters of one name; a slash at the end for whatever lies below. */
    static NamePattern of(String text) {
        boolean below = text.endsWith("/");
        String path = below ? text.substring(0, text.length() - 1) : text;
        return new NamePattern(
                Arrays.stream(path.split("/")).map(NamePattern::name).toList(), below);
    }

    private static Pattern name(String text) {
        String plain = Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(text.contains("*") ? plain : plain + "|" + shortForms(text));
    }

    /** What file systems that keep a name of eight and three beside a long one call it: {@code CLAUDE~1.JSO}. */
    private static String shortForms(String name) {
        String bare = name.replaceFirst("^\\.+", "");
        int dot = bare.lastIndexOf('.');
        String base = (dot < 0 ? bare : bare.substring(0, dot)).replace(".", "").replace(" ", "");
        String end = dot < 0 ? "" : bare.substring(dot + 1).toLowerCase(Locale.ROOT);
        String six = base.substring(0, Math.min(6, base.length()));
        String two = base.substring(0, Math.min(2, base.length()));
        String three = end.isEmpty() ? "" : Pattern.quote("." + end.substring(0, Math.min(3, end.length())));
        return "(?:" + Pattern.quote(six) + "~[0-9]{1,4}|" + Pattern.quote(two) + "[0-9a-f]{4}~[0-9])" + three;
    }

    boolean matches(List<String> path) {
        int last = path.size() - names.size();
        for (int first = below ? 0 : last; first >= 0 && first <= last; first++) {
            if (matchesAt(path, first)) {
                return true;
            }
        }
        return endsAbove(path);
    }

    /** A link in place of one of its folders: what lies behind it may have any name. */
    private boolean endsAbove(List<String> path) {
        for (int count = 1; count < names.size() && count <= path.size(); count++) {
            if (matchesAt(path, path.size() - count, count)) {
                return true;
            }
        }
        return false;
    }

    private boolean matchesAt(List<String> path, int first) {
        return matchesAt(path, first, names.size());
    }

    private boolean matchesAt(List<String> path, int first, int count) {
        for (int i = 0; i < count; i++) {
            if (!names.get(i).matcher(path.get(first + i)).matches()) {
                return false;
            }
        }
        return true;
    }
}
