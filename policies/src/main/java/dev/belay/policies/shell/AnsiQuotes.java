package dev.belay.policies.shell;

/** {@code $'...'}: a text with the escapes of C. */
final class AnsiQuotes {
    private static final String SIGNS = "abeEfnrtv\\'\"?";
    private static final String MEANT = "\u0007\b\u001b\u001b\f\n\r\t\u000b\\'\"?";

    private final Cursor cursor;

    AnsiQuotes(Cursor cursor) {
        this.cursor = cursor;
    }

    /** The cursor is behind the quote that opens it. */
    void read(WordText text) {
        text.quoted("");
        while (cursor.peek() != '\'') {
            char c = cursor.peek();
            if (c == Cursor.END) {
                throw cursor.doubt("a single quote is not closed");
            }
            cursor.skip(1);
            if (c == '\\') {
                escape(text);
            } else {
                text.quoted(c);
            }
        }
        cursor.skip(1);
    }

    private void escape(WordText text) {
        char c = cursor.peek();
        int sign = SIGNS.indexOf(c);
        if (sign >= 0) {
            cursor.skip(1);
            text.quoted(MEANT.charAt(sign));
        } else if (c >= '0' && c <= '7') {
            code(text, number(3, 8));
        } else if (c == 'x' || c == 'u' || c == 'U') {
            cursor.skip(1);
            int begin = cursor.at();
            long code = number(c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
            if (cursor.at() == begin) {
                throw cursor.doubt("an escape has no number");
            }
            code(text, code);
        } else if (c == 'c' || c == Cursor.END) {
            throw cursor.doubt("an escape is not known");
        } else {
            text.quoted('\\');
        }
    }

    private long number(int digits, int radix) {
        long number = 0;
        for (int i = 0; i < digits && Character.digit(cursor.peek(), radix) >= 0 && cursor.peek() < 128; i++) {
            number = number * radix + Character.digit(cursor.next(), radix);
        }
        return number;
    }

    /** Beyond ASCII it depends on the locale what comes out, and NUL ends the text. */
    private void code(WordText text, long code) {
        if (code == 0) {
            throw cursor.doubt("a quoted NUL ends its text");
        }
        if (code == 1 || code == 127) {
            throw cursor.doubt("a control character is not certain to be kept");
        }
        if (code < 128) {
            text.quoted((char) code);
        } else {
            text.expansion();
        }
    }
}
