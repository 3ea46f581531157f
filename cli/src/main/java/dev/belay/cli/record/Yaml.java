package dev.belay.cli.record;

import dev.belay.cli.terminal.Printable;

/** Texts in YAML: what is read of them is what was written, and what a person sees of them is all that there is. */
final class Yaml {
    private Yaml() {}

    /** Lines of a comment, each with its end. */
    static String comment(int indent, String text) {
        StringBuilder out = new StringBuilder();
        for (String line : text.stripTrailing().split("\n", -1)) {
            out.append(" ".repeat(indent))
                    .append('#')
                    .append(line.isBlank() ? "" : " " + shown(line))
                    .append('\n');
        }
        return out.toString();
    }

    private static String shown(String line) {
        StringBuilder out = new StringBuilder();
        Printable.line(line).codePoints().forEach(point -> {
            if (isPlain(point)) {
                out.appendCodePoint(point);
            } else {
                out.append('?');
            }
        });
        return out.toString().stripTrailing();
    }

    static String key(String name) {
        return name.startsWith("-") ? quoted(name) : name;
    }

    /** @param indent of the lines, where the text has more than one */
    static String text(String text, int indent) {
        return isBlock(text) ? block(text, indent) : quoted(text);
    }

    /** Whether its lines can stand as they are: nothing in them may be lost or mean something. */
    static boolean isBlock(String text) {
        int end = text.endsWith("\n") ? text.length() - 1 : text.length();
        if (text.indexOf('\n') < 0 || text.isBlank() || Character.isWhitespace(text.charAt(0))) {
            return false;
        }
        int lastLine = text.lastIndexOf('\n', end - 1) + 1;
        return !text.substring(lastLine, end).isBlank()
                && text.codePoints().allMatch(point -> point == '\n' || point == '\t' || isPlain(point));
    }

    private static String block(String text, int indent) {
        boolean ends = text.endsWith("\n");
        StringBuilder out = new StringBuilder(ends ? "|" : "|-");
        for (String line : (ends ? text.substring(0, text.length() - 1) : text).split("\n", -1)) {
            out.append('\n').append(line.isEmpty() ? "" : " ".repeat(indent) + line);
        }
        return out.toString();
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            switch (point) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                    if (isPlain(point)) {
                        out.appendCodePoint(point);
                    } else if (point <= 0xffff) {
                        hex(out.append("\\u"), point, 4);
                    } else {
                        hex(out.append("\\U"), point, 8);
                    }
                }
            }
        });
        return out.append('"').toString();
    }

    private static void hex(StringBuilder out, int value, int digits) {
        String text = Integer.toHexString(value);
        out.repeat("0", digits - text.length()).append(text);
    }

    /** What stands in a line for itself, for a reader of YAML and for a person's eyes. */
    private static boolean isPlain(int point) {
        if (point >= 0x20 && point < 0x7f) {
            return true;
        }
        if (point < 0xa0 || point == 0xfffe || point == 0xffff) {
            return false;
        }
        String one = Character.toString(point);
        return Printable.line(one).equals(one);
    }
}
