package dev.belay.policies.shell;

/** What stands between words and operators: blanks, comments, continued lines, ends of lines. */
final class Gaps {
    private final Cursor cursor;
    private final Heredocs heredocs;

    Gaps(Cursor cursor, Heredocs heredocs) {
        this.cursor = cursor;
        this.heredocs = heredocs;
    }

    void blanks() {
        while (true) {
            char c = cursor.peek();
            if (Characters.blank(c)) {
                cursor.skip(1);
            } else if (cursor.looking("\\\n")) {
                continued();
            } else if (c == '#') {
                comment();
                return;
            } else {
                return;
            }
        }
    }

    /** Also ends of lines, after which here-documents begin. */
    void lines() {
        blanks();
        while (cursor.peek() == '\n') {
            cursor.skip(1);
            heredocs.lineEnds();
            blanks();
        }
    }

    /** Ends of lines that end no command: no here-document may wait for them. */
    void linesWithin() {
        blanks();
        while (cursor.peek() == '\n') {
            heredocs.refuseWaiting();
            cursor.skip(1);
            blanks();
        }
    }

    /** A shell joins the characters on both sides before it looks for operators: none may come of that. */
    private void continued() {
        char before = cursor.peek(-1);
        char after = cursor.peek(2);
        boolean apart = before == Cursor.END || Characters.blank(before) || before == '\n' || endsWord(after);
        if (!apart && (!Characters.operator(before) || Characters.operator(after) || "-!\\".indexOf(after) >= 0)) {
            throw cursor.doubt("a line is continued within a word or operator");
        }
        cursor.skip(2);
    }

    static boolean endsWord(char after) {
        return after == Cursor.END || Characters.blank(after) || after == '\n';
    }

    private void comment() {
        while (!cursor.done() && cursor.peek() != '\n') {
            if (cursor.next() == '\r') {
                throw cursor.doubt("a carriage return is not quoted");
            }
        }
    }
}
