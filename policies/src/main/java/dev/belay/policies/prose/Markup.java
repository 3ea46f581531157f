package dev.belay.policies.prose;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/**
 * Which lines stand inside of HTML, where they may be hidden, folded or have no colour: what such a line allows is not
 * granted. A tag that is never closed holds until the end of the file.
 */
final class Markup {
    private static final int DEEPEST = 64;

    private static final Set<String> VOID = Set.of("br", "hr", "wbr", "img", "input", "meta", "link", "source", "col");

    private static final Set<String> ELEMENTS = Set.of(
            "a",
            "abbr",
            "article",
            "aside",
            "audio",
            "b",
            "big",
            "blockquote",
            "body",
            "button",
            "canvas",
            "caption",
            "center",
            "code",
            "dd",
            "del",
            "details",
            "dialog",
            "div",
            "dl",
            "dt",
            "em",
            "figure",
            "font",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "head",
            "header",
            "html",
            "i",
            "iframe",
            "ins",
            "kbd",
            "label",
            "li",
            "main",
            "mark",
            "math",
            "nav",
            "noscript",
            "object",
            "ol",
            "p",
            "picture",
            "pre",
            "q",
            "s",
            "samp",
            "script",
            "section",
            "select",
            "small",
            "span",
            "strike",
            "strong",
            "style",
            "sub",
            "summary",
            "sup",
            "svg",
            "table",
            "tbody",
            "td",
            "template",
            "textarea",
            "tfoot",
            "th",
            "thead",
            "title",
            "tr",
            "tt",
            "u",
            "ul",
            "video");

    private final Deque<String> open = new ArrayDeque<>();
    private boolean lost;

    /** Whether the whole of this line is sure to be seen. */
    boolean line(String line, boolean[] code) {
        boolean seen = open.isEmpty() && !lost;
        for (int at = line.indexOf('<'); at >= 0; at = line.indexOf('<', at + 1)) {
            if (!code[at]) {
                seen &= tag(line, at);
            }
        }
        return seen;
    }

    /** Whether a tag begins here, as far as a reader's program would take it for one. */
    static boolean begins(String line, int at) {
        String name = name(line, at);
        int end = line.indexOf('>', at);
        String tag = line.substring(at, end < 0 ? line.length() : end);
        return ELEMENTS.contains(name) || VOID.contains(name) || !name.isEmpty() && tag.indexOf('=') >= 0;
    }

    private boolean tag(String line, int at) {
        if (!begins(line, at)) {
            return true;
        }
        String name = name(line, at);
        if (VOID.contains(name)) {
            return true;
        }
        int end = line.indexOf('>', at);
        if (line.startsWith("</", at)) {
            open.removeFirstOccurrence(name);
        } else if (end < 0 || line.charAt(end - 1) != '/' || ELEMENTS.contains(name)) {
            if (open.size() >= DEEPEST) {
                lost = true;
            } else {
                open.push(name);
            }
        }
        return false;
    }

    private static String name(String line, int at) {
        int from = line.startsWith("</", at) ? at + 2 : at + 1;
        int end = from;
        while (end < line.length()
                && end - from < 40
                && (Character.isLetterOrDigit(line.charAt(end)) || line.charAt(end) == '-')) {
            end++;
        }
        boolean closed = end >= line.length() || " \t/>".indexOf(line.charAt(end)) >= 0;
        return closed && end > from && Character.isLetter(line.charAt(from))
                ? line.substring(from, end).toLowerCase(Locale.ROOT)
                : "";
    }
}
