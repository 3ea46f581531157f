package dev.belay.policies.shell;

import java.util.Optional;

/** What becomes of a word: its text after quotes are removed, and whether that is all that becomes of it. */
final class WordText {
    private final StringBuilder known = new StringBuilder();
    private boolean uncertain;
    private boolean quoted;
    private boolean bracket;
    private boolean brace;
    private boolean separated;
    private char last = Cursor.END;

    /** A character without quotes: it may be part of a pattern, of braces, or a home directory's sign. */
    void bare(char c) {
        boolean begins = known.isEmpty() && !quoted;
        switch (c) {
            case '*', '?' -> uncertain = true;
            case '[' -> bracket = true;
            case ']' -> uncertain |= bracket;
            case '{' -> brace = true;
            case ',' -> separated |= brace;
            case '.' -> separated |= brace && last == '.';
            case '}' -> uncertain |= separated;
            case '~' -> uncertain |= begins || last == '=' || last == ':';
            default -> {}
        }
        known.append(c);
        last = c;
    }

    void quoted(char c) {
        quoted("" + c);
    }

    void quoted(String text) {
        known.append(text);
        quoted = true;
        last = Cursor.END;
    }

    /** Something whose text depends on what runs; a shell may even drop it. */
    void expansion() {
        uncertain = true;
        last = Cursor.END;
    }

    boolean isQuoted() {
        return quoted;
    }

    /** What is certain of it, without its expansions. */
    String known() {
        return known.toString();
    }

    Optional<String> literal() {
        return uncertain ? Optional.empty() : Optional.of(known.toString());
    }
}
