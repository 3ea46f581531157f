package dev.belay.policies.codex;

import dev.belay.policies.language.Quoted;

/** One string as it is written: in single or double quotes, once or thrice, with escapes or raw. */
final class StringLiteral {
    private static final String ESCAPES = "abfnrtv\\'\"";
    private static final String MEANT = "\u0007\b\f\n\r\t\u000b\\'\"";

    private final String text;
    private final int start;
    private final boolean raw;
    private final String quote;
    private final StringBuilder value = new StringBuilder();
    private int at;

    /** @param start of its prefix or its quote */
    StringLiteral(String text, int start) throws RulesSyntaxException {
        this.text = text;
        this.start = start;
        this.raw = text.charAt(start) == 'r';
        this.at = raw ? start + 1 : start;
        String one = text.substring(at, at + 1);
        this.quote = text.startsWith(one.repeat(3), at) ? one.repeat(3) : one;
        this.at += quote.length();
        read();
    }

    Value.Text value() {
        return new Value.Text(start, value.toString());
    }

    int end() {
        return at;
    }

    private void read() throws RulesSyntaxException {
        while (!text.startsWith(quote, at)) {
            if (at >= text.length() || quote.length() == 1 && text.charAt(at) == '\n') {
                throw new RulesSyntaxException(start, "this string does not end", "close it with " + quote);
            }
            if (text.charAt(at) == '\\') {
                escape();
            } else {
                value.append(text.charAt(at++));
            }
        }
        at += quote.length();
    }

    private void escape() throws RulesSyntaxException {
        if (at + 1 >= text.length()) {
            throw new RulesSyntaxException(start, "this string does not end", "close it with " + quote);
        }
        char c = text.charAt(at + 1);
        if (raw) {
            value.append('\\').append(c);
            at += 2;
            return;
        }
        int known = ESCAPES.indexOf(c);
        if (known >= 0) {
            value.append(MEANT.charAt(known));
            at += 2;
        } else if (c == '\n') {
            at += 2;
        } else if (c >= '0' && c <= '7') {
            int end = at + 2;
            while (end < text.length() && end < at + 4 && text.charAt(end) >= '0' && text.charAt(end) <= '7') {
                end++;
            }
            point(at + 1, end, 8);
        } else {
            int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
            if (digits == 0) {
                throw unknown(at + 2);
            }
            point(at + 2, at + 2 + digits, 16);
        }
    }

    private void point(int from, int end, int radix) throws RulesSyntaxException {
        String digits = end > text.length() ? "" : text.substring(from, end);
        int point = digits.matches("[0-9A-Fa-f]+") ? (int) Math.min(Long.parseLong(digits, radix), 0x7fffffff) : -1;
        if (!Character.isValidCodePoint(point) || point >= 0xd800 && point <= 0xdfff) {
            throw unknown(Math.min(end, text.length()));
        }
        value.appendCodePoint(point);
        at = end;
    }

    private RulesSyntaxException unknown(int end) {
        return new RulesSyntaxException(
                at, Quoted.of(text.substring(at, end)) + " stands for no character", "write \\\\ for a backslash");
    }
}
