package dev.belay.policies.shell;

/** Texts in quotes, and texts that are expanded as if they were. */
final class Quotes {
    private final Script script;
    private final Cursor cursor;

    Quotes(Script script) {
        this.script = script;
        cursor = script.cursor();
    }

    /** The cursor is behind the quote that opens it. */
    void single(WordText text) {
        text.quoted(cursor.upTo('\'', "a single quote is not closed"));
    }

    void doubled(WordText text) {
        text.quoted("");
        expand(text, '"', Surroundings.QUOTED);
        cursor.skip(1);
    }

    /** Up to the end, which is not passed. */
    void expand(WordText text, char end, Surroundings surroundings) {
        while (cursor.peek() != end) {
            char c = cursor.peek();
            switch (c) {
                case Cursor.END -> throw cursor.doubt("a double quote is not closed");
                case '\\' -> escape(text, surroundings);
                case '$' -> {
                    if (script.expansions().dollar(surroundings)) {
                        text.expansion();
                    } else {
                        text.quoted('$');
                    }
                }
                case '`' -> {
                    script.expansions().backticks(surroundings);
                    text.expansion();
                }
                default -> text.quoted(cursor.next());
            }
        }
    }

    private void escape(WordText text, Surroundings surroundings) {
        char before = cursor.peek(-1);
        cursor.skip(1);
        char c = cursor.peek();
        if (c == '\n') {
            if (before == '$') {
                throw cursor.doubt("a line is continued after a dollar sign");
            }
            cursor.skip(1);
        } else if (c == '$' || c == '`' || c == '\\' || c == '"' && surroundings == Surroundings.QUOTED) {
            text.quoted(cursor.next());
        } else {
            text.quoted('\\');
        }
    }
}
