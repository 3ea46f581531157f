package dev.belay.policies.prose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The lines of a file as somebody sees them who reads it rendered. Comments and the front matter are not among them. */
final class Markdown {
    /** What is longer is not read: nobody else would read it, either. */
    private static final int LONGEST = 4_000;

    /** What is shown for it is not what is read here. */
    private static final Pattern ENTITY = Pattern.compile("&#?[A-Za-z0-9]{1,32};");

    private final List<Row> rows = new ArrayList<>();
    private final Markup markup = new Markup();
    private final String[] lines;
    private String fence = "";
    private boolean comment;
    private boolean definition;

    private Markdown(String text) {
        lines = text.split("\n", -1);
    }

    static List<Row> rows(String text) {
        Markdown markdown = new Markdown(text.startsWith("\ufeff") ? " " + text.substring(1) : text);
        for (int i = markdown.frontMatter(); i < markdown.lines.length; i++) {
            markdown.line(i);
        }
        return markdown.rows;
    }

    /** Where the first line after it is. */
    private int frontMatter() {
        if (lines[0].strip().equals("---")) {
            for (int i = 1; i < lines.length; i++) {
                if (lines[i].strip().equals("---")) {
                    return i + 1;
                }
            }
        }
        return 0;
    }

    private void line(int i) {
        String line = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
        int from = indent(line);
        if (line.length() > LONGEST) {
            rows.add(new Row(Row.Kind.LONG, 0, i + 1, line.substring(0, 40), 1, false));
            return;
        }
        if (!fence.isEmpty()) {
            fenced(line, from, i + 1);
            return;
        }
        line = withoutComments(line, i);
        boolean quoted = line.startsWith(">", from);
        while (line.startsWith(">", from)) {
            line = line.substring(0, from) + " " + line.substring(from + 1);
            from = indent(line);
        }
        if (opensFence(line, from)) {
            return;
        }
        boolean seen = markup.line(line, code(line))
                && !quoted
                && !ENTITY.matcher(line).find();
        if (line.isBlank()) {
            definition = false;
            rows.add(new Row(Row.Kind.BLANK, 0, i + 1, "", 1, true));
        } else if (isDefinition(line, from)) {
            // Nothing of it is shown, and its title may go on below.
            definition = true;
        } else {
            row(line, from, i + 1, seen && !definition);
        }
    }

    private void row(String line, int from, int number, boolean seen) {
        int hashes = from;
        while (hashes < line.length() && line.charAt(hashes) == '#') {
            hashes++;
        }
        if (hashes > from && hashes - from <= 6 && hashes < line.length() && line.charAt(hashes) <= ' ') {
            definition = false;
            add(Row.Kind.HEADING, hashes - from, number, line.replaceFirst("[ \\t]+#+[ \\t]*$", ""), hashes, seen);
        } else if (underlines(line, from)) {
            Row title = rows.removeLast();
            rows.add(title.as(Row.Kind.HEADING, line.charAt(from) == '=' ? 1 : 2));
        } else if (isRule(line, from)) {
            rows.add(new Row(Row.Kind.RULE, 0, number, "", 1, true));
        } else if (line.charAt(from) == '|') {
            add(Row.Kind.TABLE, 0, number, line, from, seen);
        } else {
            int text = bullet(line, from);
            add(text > 0 ? Row.Kind.BULLET : Row.Kind.PLAIN, from, number, line, Math.max(text, from), seen);
        }
    }

    private void add(Row.Kind kind, int depth, int number, String line, int at, boolean seen) {
        int from = at;
        while (from < line.length() && Character.isWhitespace(line.charAt(from))) {
            from++;
        }
        rows.add(new Row(kind, depth, number, line.substring(from), from + 1, seen));
    }

    private void fenced(String line, int from, int number) {
        String rest = line.substring(from).stripTrailing();
        if (rest.startsWith(fence) && rest.chars().allMatch(c -> c == fence.charAt(0))) {
            fence = "";
            rows.add(new Row(Row.Kind.RULE, 0, number, "", 1, true));
        } else if (!rest.isEmpty()) {
            int text = bullet(line, from);
            add(Row.Kind.FENCED, from, number, line, Math.max(text, from), markup.line("", new boolean[0]));
        }
    }

    private boolean opensFence(String line, int from) {
        int at = Math.max(from, bullet(line, from));
        for (char mark : new char[] {'`', '~'}) {
            int end = at;
            while (end < line.length() && line.charAt(end) == mark) {
                end++;
            }
            if (end - at >= 3 && (mark == '~' || line.indexOf('`', end) < 0)) {
                fence = line.substring(at, end);
                return true;
            }
        }
        return false;
    }

    /** The comments' characters as blanks, so that every other character keeps its column. */
    private String withoutComments(String line, int number) {
        StringBuilder left = new StringBuilder(line);
        int at = 0;
        boolean[] code = code(line);
        while (at < line.length()) {
            int begin = comment ? at : next(line, at, code);
            if (begin < 0 || !comment && !closes(number, begin)) {
                return left.toString();
            }
            int end = line.indexOf("-->", comment ? at : begin + 2);
            int after = end < 0 ? line.length() : end + 3;
            left.replace(begin, after, " ".repeat(after - begin));
            comment = end < 0;
            at = after;
            if (!comment) {
                code = code(left.toString());
            }
        }
        return left.toString();
    }

    private static int next(String line, int from, boolean[] code) {
        int at = line.indexOf("<!--", from);
        while (at >= 0 && code[at]) {
            at = line.indexOf("<!--", at + 1);
        }
        return at;
    }

    /** One in the midst of a line ends in its paragraph, or it is none; one at its beginning hides all that follows. */
    private boolean closes(int number, int at) {
        if (lines[number].substring(0, at).isBlank()) {
            return true;
        }
        for (int i = number; i < Math.min(lines.length, number + 100) && (i == number || !lines[i].isBlank()); i++) {
            if (lines[i].indexOf("-->", i == number ? at : 0) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Which characters stand between backticks. */
    static boolean[] code(String line) {
        boolean[] code = new boolean[line.length()];
        int at = line.indexOf('`');
        while (at >= 0) {
            int open = run(line, at);
            int close = line.indexOf('`', at + open);
            while (close >= 0 && run(line, close) != open) {
                close = line.indexOf('`', close + run(line, close));
            }
            int next = close < 0 ? at + open : close + open;
            if (close >= 0) {
                Arrays.fill(code, at, next, true);
            }
            at = line.indexOf('`', next);
        }
        return code;
    }

    static int run(String line, int at) {
        int end = at;
        while (end < line.length() && line.charAt(end) == line.charAt(at)) {
            end++;
        }
        return end - at;
    }

    private boolean underlines(String line, int from) {
        String rest = line.substring(from).strip();
        return !rows.isEmpty()
                && rows.getLast().kind() == Row.Kind.PLAIN
                && rest.length() >= 2
                && (rest.chars().allMatch(c -> c == '=') || rest.chars().allMatch(c -> c == '-'));
    }

    private static boolean isRule(String line, int from) {
        String rest = line.substring(from).replace(" ", "").replace("\t", "");
        return rest.length() >= 3 && "-*_".indexOf(rest.charAt(0)) >= 0 && run(rest, 0) == rest.length();
    }

    private static boolean isDefinition(String line, int from) {
        int end = line.indexOf("]:", from);
        return line.startsWith("[", from) && end > from + 1 && line.indexOf(']', from) == end;
    }

    /** Where the text behind the bullet begins, or 0. */
    private static int bullet(String line, int from) {
        int end = from;
        while (end < line.length() && end - from < 9 && line.charAt(end) >= '0' && line.charAt(end) <= '9') {
            end++;
        }
        boolean numbered = end > from && end < line.length() && (line.charAt(end) == '.' || line.charAt(end) == ')');
        boolean marked =
                end == from && from < line.length() && "-*+\u2022\u00b7\u2013\u25e6".indexOf(line.charAt(from)) >= 0;
        return (numbered || marked) && end + 1 < line.length() && Character.isWhitespace(line.charAt(end + 1))
                ? end + 1
                : 0;
    }

    private static int indent(String line) {
        int from = 0;
        while (from < line.length() && (line.charAt(from) == ' ' || line.charAt(from) == '\t')) {
            from++;
        }
        return from;
    }
}
