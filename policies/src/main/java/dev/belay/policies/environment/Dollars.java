package dev.belay.policies.environment;

import java.util.Optional;
import java.util.function.UnaryOperator;

/** Names behind dollars in a value: {@code $PATH}, <code>${PATH}</code>, and {@code $$} for a dollar. */
final class Dollars {
    private Dollars() {}

    /** What stands from a dollar on: its name, empty for a dollar alone, and where it ends. */
    private record Use(String name, int end) {}

    private interface Visitor {
        /** @param name empty where it is no name of a variable */
        void use(String name, String written);
    }

    static boolean uses(String value, String wanted) {
        boolean[] found = {false};
        visit(value, new StringBuilder(), (name, written) -> found[0] |= name.equals(wanted));
        return found[0];
    }

    /** The first one that stands for nothing. */
    static Optional<String> unknown(String value) {
        StringBuilder first = new StringBuilder();
        visit(value, new StringBuilder(), (name, written) -> {
            if (first.isEmpty() && !Variable.KNOWN.contains(name)) {
                first.append(written);
            }
        });
        return first.isEmpty() ? Optional.empty() : Optional.of(first.toString());
    }

    static String replaced(String value, UnaryOperator<String> values) {
        StringBuilder all = new StringBuilder();
        visit(value, all, (name, written) -> all.append(values.apply(name)));
        return all.toString();
    }

    /** @param plain gets all that is no use, in its order */
    private static void visit(String value, StringBuilder plain, Visitor visitor) {
        for (int at = 0; at < value.length(); ) {
            if (value.charAt(at) != '$') {
                plain.append(value.charAt(at++));
            } else if (value.startsWith("$$", at)) {
                plain.append('$');
                at += 2;
            } else {
                Use use = use(value, at);
                visitor.use(use.name(), value.substring(at, use.end()));
                at = use.end();
            }
        }
    }

    private static Use use(String value, int dollar) {
        boolean braced = value.startsWith("${", dollar);
        int from = dollar + (braced ? 2 : 1);
        int end = from;
        while (end < value.length() && isOfName(value.charAt(end))) {
            end++;
        }
        String name = value.substring(from, end);
        if (!braced) {
            return new Use(name, end);
        }
        boolean closed = end < value.length() && value.charAt(end) == '}';
        return new Use(closed ? name : "", closed ? end + 1 : end);
    }

    static boolean isOfName(char c) {
        return c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }
}
