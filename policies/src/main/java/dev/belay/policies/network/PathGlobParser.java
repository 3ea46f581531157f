package dev.belay.policies.network;

import dev.belay.policies.delivery.Names;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import java.util.ArrayList;
import java.util.List;

/** Reads one path of a rule on requests, and refuses what no request that is let through could ever match. */
final class PathGlobParser {
    private static final int MOST = 512;

    private final String text;

    PathGlobParser(String text) {
        this.text = text;
    }

    PathGlob glob() throws PatternException {
        if (text.isEmpty()) {
            throw new PatternException(0, "the path is empty", "write a path such as /repos/**");
        }
        if (text.length() > MOST) {
            throw wrong(MOST, "is longer than " + MOST + " characters", "name a path above it, and **");
        }
        if (text.contains("://")) {
            throw wrong(0, "is an address, and its host stands under `host`", "write the path alone: /repos/**");
        }
        characters();
        if (!text.startsWith("/")) {
            throw wrong(0, "does not begin with a slash", "write /" + text.substring(text.startsWith("./") ? 2 : 0));
        }
        return new PathGlob(segments());
    }

    private void characters() throws PatternException {
        for (int at = 0; at < text.length(); at++) {
            int point = text.codePointAt(at);
            switch (Character.getType(point)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                    throw wrong(at, "has a character that cannot be seen", "take it out, or write * in its place");
                default -> character(at, point);
            }
            at += Character.charCount(point) - 1;
        }
        if (!text.equals(text.strip())) {
            throw wrong(text.stripTrailing().length(), "has a blank at its end", "take it out");
        }
    }

    private void character(int at, int point) throws PatternException {
        switch (point) {
            case '?' -> throw wrong(at, "has a query, which no rule looks at", "write the path before the `?`");
            case '#' -> throw wrong(at, "has a fragment, which is never sent", "write the path before the `#`");
            case '%' ->
                throw wrong(
                        at,
                        "has an escape",
                        "write the character itself; escaped slashes and dots are refused in every request");
            case '\\' -> throw wrong(at, "has a backslash", "separate segments with /");
            case '{', '}', '[', ']' ->
                throw wrong(
                        at,
                        "has `" + (char) point + "`, which stands for nothing here",
                        "write a path for each, or * for any characters of a segment");
            default -> {
                String read = point < 0x80 ? "" : Names.letters(Character.toString(point));
                if (read.chars().anyMatch(c -> c < 0x80 && !Character.isLetterOrDigit(c))) {
                    throw wrong(at, "has a character that some read as " + Quoted.of(read), "write * in its place");
                }
            }
        }
    }

    private List<String> segments() throws PatternException {
        List<String> segments = new ArrayList<>();
        int at = 1;
        for (String segment : text.substring(1).split("/", -1)) {
            boolean last = at + segment.length() == text.length();
            if (segment.isEmpty() && !last) {
                throw wrong(at, "has nothing between two slashes", "write one slash");
            }
            if (RequestPath.climbs(segment)) {
                throw wrong(at, "has a segment of dots", "write the path that it comes to");
            }
            if (segment.startsWith(";")) {
                throw wrong(at, "has nothing before a `;`", "take the `;` out");
            }
            int stars = segment.indexOf("**");
            if (stars >= 0 && segment.length() > 2) {
                throw wrong(
                        at + stars,
                        "has `**` beside other characters",
                        "write /**/ for any depth, and one * for the rest of a segment");
            }
            if (stars < 0 || segments.isEmpty() || !segments.getLast().equals(segment)) {
                segments.add(segment);
            }
            at += segment.length() + 1;
        }
        return segments;
    }

    private PatternException wrong(int at, String what, String fix) {
        return new PatternException(at, Quoted.of(text) + " " + what, fix);
    }
}
