package dev.belay.policies.network;

import java.util.Optional;

/**
 * A request for a scoped package as npm asks for it: {@code /@acme%2flogger}, where most servers take the escape for a slash
 * and some for a letter. It is read both ways, so that it need not be refused for being unclear.
 *
 * @param slash with a slash in its place
 * @param letter with a letter in its place, which stands for itself
 */
record ScopedName(String slash, String letter) {
    private static final int ESCAPE = 3;

    /** Empty for all other targets, and for those with a second such escape. */
    static Optional<ScopedName> in(String target) {
        int query = target.indexOf('?');
        int end = query < 0 ? target.length() : query;
        int escape = escape(target, 0, end);
        if (escape < 0 || escape(target, escape + ESCAPE, end) >= 0) {
            return Optional.empty();
        }
        int begin = target.lastIndexOf('/', escape);
        int after = target.indexOf('/', escape);
        int stop = after < 0 || after > end ? end : after;
        boolean scoped = begin >= 0
                && begin + 1 < escape
                && target.charAt(begin + 1) == '@'
                && isName(target, begin + 2, escape)
                && isName(target, escape + ESCAPE, stop);
        return scoped
                ? Optional.of(new ScopedName(with(target, escape, '/'), with(target, escape, '-')))
                : Optional.empty();
    }

    private static String with(String target, int escape, char character) {
        return target.substring(0, escape) + character + target.substring(escape + ESCAPE);
    }

    private static int escape(String target, int from, int end) {
        for (int at = target.indexOf("%2", from); at >= 0 && at + 2 < end; at = target.indexOf("%2", at + 1)) {
            if (target.charAt(at + 2) == 'f' || target.charAt(at + 2) == 'F') {
                return at;
            }
        }
        return -1;
    }

    /** What a package or a scope is called; letters that no server reads in two ways. */
    private static boolean isName(String target, int from, int to) {
        if (from >= to) {
            return false;
        }
        for (int at = from; at < to; at++) {
            char c = target.charAt(at);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && c != '-' && c != '_' && !(c == '.' && at > from)) {
                return false;
            }
        }
        return true;
    }
}
