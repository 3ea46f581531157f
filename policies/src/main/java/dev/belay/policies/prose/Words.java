package dev.belay.policies.prose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** The words of a row, without the marks that only give them a look. */
final class Words {
    private static final Set<String> SHORT = Set.of("e.g", "i.e", "etc", "vs", "incl", "approx", "resp");
    private static final Set<String> RULES =
            Set.of("Bash", "Read", "Edit", "Write", "Glob", "Grep", "WebFetch", "MultiEdit", "NotebookEdit");

    private final Row row;
    private final char[] text;
    private final boolean[] code;
    private final int[] columns;
    private final List<Token> tokens = new ArrayList<>();

    private Words(Row row) {
        this.row = row;
        text = row.text().toCharArray();
        code = Markdown.code(row.text());
        columns = IntStream.range(row.column(), row.column() + text.length).toArray();
    }

    static List<Token> of(Row row) {
        Words words = new Words(row);
        if (row.kind() != Row.Kind.FENCED) {
            words.blankLinks();
            words.blankTags();
            words.blankEmphasis();
        }
        words.read();
        return words.tokens;
    }

    private void read() {
        int at = 0;
        while (at < text.length) {
            if (code[at]) {
                at = quoted(at);
            } else if (Character.isWhitespace(text[at])) {
                at++;
            } else {
                int rule = ruleEnd(at);
                if (rule > 0) {
                    add(Token.Kind.CODE, new String(text, at, rule - at), at);
                    at = rule;
                } else {
                    int end = at;
                    while (end < text.length && !code[end] && !Character.isWhitespace(text[end])) {
                        end++;
                    }
                    word(at, end);
                    at = end;
                }
            }
        }
    }

    private int quoted(int at) {
        String shown = new String(text);
        int ticks = Markdown.run(shown, at);
        int end = at + ticks;
        while (end < text.length && (text[end] != '`' || Markdown.run(shown, end) != ticks)) {
            end += text[end] == '`' ? Markdown.run(shown, end) : 1;
        }
        if (end >= text.length) {
            return text.length;
        }
        String inner = new String(text, at + ticks, end - at - ticks);
        if (!inner.isBlank()) {
            add(Token.Kind.CODE, inner.strip(), at + ticks);
        }
        return end + ticks;
    }

    /** A rule as other agents know it is one word, although it has blanks. */
    private int ruleEnd(int at) {
        int open = at;
        while (open < text.length && open - at < 16 && Character.isLetter(text[open])) {
            open++;
        }
        if (open == at
                || open >= text.length
                || text[open] != '('
                || !RULES.contains(new String(text, at, open - at))) {
            return 0;
        }
        int deep = 0;
        for (int i = open; i < text.length; i++) {
            deep += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (deep == 0) {
                return i + 1;
            }
        }
        return text.length;
    }

    private void word(int from, int to) {
        int at = from;
        while (at < to && leading(at, to)) {
            int point = Character.codePointAt(text, at);
            mark(picture(point), at);
            if (text[at] == '(') {
                mark("(", at);
            }
            at += Character.charCount(point);
        }
        int end = to;
        while (end > at && trailing(end)) {
            end--;
        }
        if (end > at) {
            split(at, end);
        }
        for (int i = end; i < to; i++) {
            trail(i, from, end);
        }
    }

    /** Commas and middle dots may stand between words without blanks. */
    private void split(int from, int to) {
        int begin = from;
        int braces = 0;
        boolean entity = new String(text, from, to - from).indexOf('&') >= 0;
        for (int i = from; i < to; i++) {
            braces += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            boolean comma = text[i] == ',' && braces == 0;
            boolean colon = text[i] == ':' && i - begin > 3 && capitals(begin, i) && Character.isLetter(text[i + 1]);
            String dot = entity ? "" : separator(text[i]);
            if (comma || colon || !dot.isEmpty()) {
                part(begin, i);
                mark(comma ? "," : colon ? ":" : dot, i);
                begin = i + 1;
            }
        }
        part(begin, to);
    }

    private boolean capitals(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] < 'A' || text[i] > 'Z') {
                return false;
            }
        }
        return true;
    }

    private void part(int from, int to) {
        if (to > from) {
            String said = new String(text, from, to - from);
            String picture = picture(said.codePointAt(0));
            if (picture.isEmpty()) {
                add(Token.Kind.WORD, said, from);
            } else {
                mark(picture, from);
            }
        }
    }

    private void trail(int i, int from, int end) {
        switch (text[i]) {
            case ',' -> mark(",", i);
            case ';' -> mark(";", i);
            case ':' -> mark(":", i);
            case ')' -> mark(")", i);
            case '!' -> mark(".", i);
            case '.' -> {
                if (!SHORT.contains(new String(text, from, end - from).toLowerCase(Locale.ROOT))) {
                    mark(".", i);
                }
            }
            default -> {
                // A quotation mark closes, or the look of an emoji ends.
            }
        }
    }

    private boolean leading(int at, int to) {
        int point = Character.codePointAt(text, at);
        boolean dash =
                (text[at] == '-' || text[at] == '\u2013' || text[at] == '\u2014') && to - at <= 2 && onlyDashes(at, to);
        if (dash || !separator(text[at]).isEmpty()) {
            mark(dash ? "-" : ";", at);
            return true;
        }
        return "([\"'\u201c\u2018".indexOf(point) >= 0 && !bracketed(at, to)
                || Unseen.selector(point)
                || point > 0x7f && Character.getType(point) == Character.OTHER_SYMBOL
                || !picture(point).isEmpty();
    }

    /** {@code [::1]:443} and {@code [id]/page.tsx} keep their brackets. */
    private boolean bracketed(int at, int to) {
        return text[at] == '[' && to - at < 100 && new String(text, at, to - at).matches("\\[[^\\]]*\\].+[^.,;:)]");
    }

    private boolean onlyDashes(int at, int to) {
        for (int i = at; i < to; i++) {
            if ("-\u2013\u2014".indexOf(text[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean trailing(int end) {
        char last = text[end - 1];
        return ",;:)!\"'\u201d\u2019".indexOf(last) >= 0
                || last == '.' && !(end >= 2 && (text[end - 2] == '/' || text[end - 2] == '.'))
                || Unseen.selector(last);
    }

    private static String separator(char c) {
        return switch (c) {
            case '\u00b7', '\u2022', ';' -> ";";
            default -> "";
        };
    }

    /** Check marks and crosses say what is allowed; other pictures say nothing. */
    private static String picture(int point) {
        return switch (point) {
            case 0x2705, 0x2714, 0x2713, 0x2611 -> "+";
            case 0x274c, 0x1f6ab, 0x26d4, 0x2717, 0x2716, 0x2718, 0x1f6d1, 0x274e, 0x2715 -> "x";
            default -> "";
        };
    }

    private void mark(String mark, int at) {
        if (!mark.isEmpty()) {
            add(Token.Kind.MARK, mark, at);
        }
    }

    private void add(Token.Kind kind, String said, int at) {
        tokens.add(new Token(kind, said, row.number(), columns[at]));
    }

    /** Of a link the text is shown and the target is not; an image shows neither. */
    private void blankLinks() {
        for (int close = 0; close < text.length; close++) {
            if (text[close] != ']' || code[close] || close + 1 >= text.length) {
                continue;
            }
            char next = text[close + 1];
            int end = next == '(' ? end(close + 1, '(', ')') : next == '[' ? end(close + 1, '[', ']') : -1;
            int open = end < 0 ? -1 : before(close);
            if (open >= 0) {
                boolean image = open > 0 && text[open - 1] == '!';
                Arrays.fill(text, image ? open - 1 : open, image ? end + 1 : open + 1, ' ');
                Arrays.fill(text, close, end + 1, ' ');
                clearCode(close, end + 1);
                if (image) {
                    clearCode(open, end + 1);
                }
                close = end;
            }
        }
        String start = row.text().length() >= 4 ? row.text().substring(0, 4) : "";
        if (start.matches("\\[[ xX]] ")) {
            Arrays.fill(text, 0, 3, ' ');
        }
    }

    private void clearCode(int from, int to) {
        Arrays.fill(code, from, to, false);
    }

    private int end(int at, char opens, char closes) {
        int deep = 0;
        for (int i = at; i < text.length && i - at < 2_000; i++) {
            deep += text[i] == opens ? 1 : text[i] == closes ? -1 : 0;
            if (deep == 0) {
                return i;
            }
        }
        return -1;
    }

    private int before(int close) {
        for (int i = close - 1; i >= 0 && close - i < 2_000; i--) {
            if (text[i] == '[' && !code[i]) {
                return i;
            }
            if (text[i] == ']' && !code[i]) {
                return -1;
            }
        }
        return -1;
    }

    private void blankTags() {
        String line = new String(text);
        for (int at = line.indexOf('<'); at >= 0; at = line.indexOf('<', at + 1)) {
            int end = line.indexOf('>', at);
            if (code[at]) {
                continue;
            }
            if (Markup.begins(line, at)) {
                int after = end < 0 ? text.length : end + 1;
                Arrays.fill(text, at, after, ' ');
                clearCode(at, after);
            } else if (end > 0 && line.startsWith("http", at + 1)) {
                text[at] = ' ';
                text[end] = ' ';
            }
        }
    }

    private void blankEmphasis() {
        for (int at = 0; at < text.length; at++) {
            if (text[at] == '\\' && at + 1 < text.length && !code[at] && "*_`.[]()#+-!|<>".indexOf(text[at + 1]) >= 0) {
                // The character behind a backslash is meant as it stands, and the word begins with it.
                shift(at, 1);
            } else if ((text[at] == '*' || text[at] == '_') && !code[at]) {
                int run = 1;
                while (at + run < text.length && text[at + run] == text[at]) {
                    run++;
                }
                int close = opens(at, run) ? close(at + run, text[at], run) : -1;
                if (close >= 0) {
                    Arrays.fill(text, at, at + run, ' ');
                    shift(close, run);
                }
                at += run - 1;
            }
        }
    }

    /** Nothing is left where the closing marks stood, so that {@code **Allowed**:} ends with its colon. */
    private void shift(int at, int run) {
        System.arraycopy(text, at + run, text, at, text.length - at - run);
        System.arraycopy(code, at + run, code, at, code.length - at - run);
        System.arraycopy(columns, at + run, columns, at, columns.length - at - run);
        Arrays.fill(text, text.length - run, text.length, ' ');
        clearCode(code.length - run, code.length);
    }

    private boolean opens(int at, int run) {
        boolean first = at == 0 || Character.isWhitespace(text[at - 1]) || "([\"'".indexOf(text[at - 1]) >= 0;
        int next = at + run;
        return run <= 3
                && first
                && next < text.length
                && (Character.isLetterOrDigit(text[next])
                        || text[next] == '`'
                        || text[next] > 0x7f
                        || run == 2 && text[at] == '*' && ".\"'(".indexOf(text[next]) >= 0);
    }

    private int close(int from, char mark, int run) {
        for (int i = from + 1; i + run <= text.length; i++) {
            if (text[i] != mark || code[i]) {
                continue;
            }
            int length = 1;
            while (i + length < text.length && text[i + length] == mark) {
                length++;
            }
            boolean ends = i + length == text.length
                    || !Character.isLetterOrDigit(text[i + length]) && "/.".indexOf(text[i + length]) < 0
                    || text[i + length] == '.' && (i + length + 1 == text.length || text[i + length + 1] == ' ');
            boolean shown = !Character.isWhitespace(text[i - 1]) && "/".indexOf(text[i - 1]) < 0;
            if (length == run && ends && shown) {
                return i;
            }
            i += length - 1;
        }
        return -1;
    }
}
