package dev.belay.policies.files;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import java.util.ArrayList;
import java.util.List;

/** Reads one path pattern, and refuses what would mean something else than it seems to. */
final class PathPatternParser {
    private static final int MOST = 512;
    private static final String INSIDE =
            "write it as seen from the project's root; nothing outside the project is in the sandbox";

    private final String text;

    PathPatternParser(String text) {
        this.text = text;
    }

    PathPattern pattern() throws PatternException {
        characters();
        if (text.startsWith("//")
                || text.equals("~")
                || text.startsWith("~/")
                || text.startsWith("$HOME")
                || text.startsWith(":/", 1) && Character.isLetter(text.charAt(0))) {
            throw wrong(0, "is outside the project", INSIDE);
        }
        if (text.startsWith("!")) {
            throw wrong(0, "begins with `!`, and no rule takes back another", "write what is meant, without `!`");
        }
        boolean anchored = text.startsWith("/") || text.startsWith("./") || text.equals(".");
        boolean below = text.endsWith("/") || text.equals(".");
        List<NameGlob> names = names(anchored ? text.indexOf('/') + 1 : 0);
        while (!names.isEmpty() && names.getLast().isDepth()) {
            names.removeLast();
            below = true;
        }
        return new PathPattern(names, anchored, below);
    }

    private void characters() throws PatternException {
        if (text.isBlank()) {
            throw new PatternException(0, "the path is empty", "write a path such as src/**");
        }
        if (text.length() > MOST) {
            throw wrong(MOST, "is longer than " + MOST + " characters", "name a folder above it");
        }
        if (!text.equals(text.strip())) {
            int at = Character.isWhitespace(text.charAt(0))
                    ? 0
                    : text.stripTrailing().length();
            throw wrong(at, "has a blank at its edge", "write " + text.strip());
        }
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (Character.getType(text.codePointAt(at))) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    throw wrong(at, "has a character that cannot be seen", "take it out, or write ? in its place");
                case Character.SURROGATE -> {
                    if (Character.isSurrogate(c) && Character.charCount(text.codePointAt(at)) == 1) {
                        throw wrong(at, "has half a character", "write the whole character");
                    }
                }
                default -> {}
            }
            if (c == '\\') {
                throw wrong(
                        at, "has a backslash", "separate names with /, and write [*] for a `*` that is meant itself");
            }
            if (c == '{' && !(at > 0 && text.charAt(at - 1) == '[')) {
                throw wrong(
                        at,
                        "has braces, which stand for nothing here",
                        "write one rule for each, or [{] for the character itself");
            }
        }
    }

    private List<NameGlob> names(int from) throws PatternException {
        List<NameGlob> names = new ArrayList<>();
        for (int at = from; at < text.length(); ) {
            int slash = text.indexOf('/', at);
            int end = slash < 0 ? text.length() : slash;
            String name = text.substring(at, end);
            if (name.isEmpty()) {
                throw wrong(at, "has nothing between two slashes", "write one slash");
            }
            if (name.equals("..")) {
                throw names.isEmpty()
                        ? wrong(at, "is outside the project", INSIDE)
                        : wrong(at, "goes up by `..`", "write the path that it comes to");
            }
            if (name.equals("**")) {
                if (names.isEmpty() || !names.getLast().isDepth()) {
                    names.add(NameGlob.DEPTH);
                }
            } else if (!name.equals(".")) {
                NameGlob glob = new NameGlob(pieces(at, end));
                if (glob.text().equals(".") || glob.text().equals("..")) {
                    throw wrong(at, "has a name that no file has", "write the name of a file or a folder");
                }
                names.add(glob);
            }
            at = end + 1;
        }
        return names;
    }

    private List<Piece> pieces(int from, int end) throws PatternException {
        List<Piece> pieces = new ArrayList<>();
        int at = from;
        while (at < end) {
            int point = text.codePointAt(at);
            switch (point) {
                case '*' -> {
                    if (at > from && text.charAt(at - 1) == '*') {
                        throw wrong(
                                at - 1,
                                "has `**` beside other characters",
                                "write **/*.md for any depth, and one * for the rest of a name");
                    }
                    pieces.add(new Piece.Run());
                    at++;
                }
                case '?' -> {
                    pieces.add(new Piece.One());
                    at++;
                }
                case '[' -> {
                    int close = close(at, end);
                    pieces.add(oneOf(at, close));
                    at = close + 1;
                }
                default -> {
                    pieces.add(new Piece.Letter(point));
                    at += Character.charCount(point);
                }
            }
        }
        return pieces;
    }

    /** A bracket that comes first in its class is meant itself. */
    private int close(int open, int end) throws PatternException {
        int first = isNegation(open + 1) ? open + 2 : open + 1;
        int close = text.indexOf(']', first + 1);
        if (close < 0 || close >= end) {
            throw wrong(open, "has a `[` without its `]`", "write [[] for a bracket that is meant itself");
        }
        return close;
    }

    private boolean isNegation(int at) {
        return at < text.length() && (text.charAt(at) == '!' || text.charAt(at) == '^');
    }

    private Piece oneOf(int open, int close) throws PatternException {
        boolean negated = isNegation(open + 1);
        int[] points = text.substring(negated ? open + 2 : open + 1, close)
                .codePoints()
                .toArray();
        List<Piece.Range> ranges = new ArrayList<>();
        for (int i = 0; i < points.length; i++) {
            if (points[i] == '[' && i + 1 < points.length && ":.=".indexOf(points[i + 1]) >= 0) {
                throw wrong(open, "names a class of characters", "write its characters: [a-zA-Z]");
            }
            int last = i + 2 < points.length && points[i + 1] == '-' ? points[i + 2] : points[i];
            if (last < points[i]) {
                throw wrong(open, "has a range that ends before it begins", "write the lower end first: [a-z]");
            }
            ranges.add(new Piece.Range(points[i], last));
            i += i + 2 < points.length && points[i + 1] == '-' ? 2 : 0;
        }
        return !negated
                        && ranges.size() == 1
                        && ranges.getFirst().first() == ranges.getFirst().last()
                ? new Piece.Letter(ranges.getFirst().first())
                : new Piece.OneOf(ranges, negated, false);
    }

    private PatternException wrong(int at, String what, String fix) {
        return new PatternException(at, Quoted.of(text) + " " + what, fix);
    }
}
