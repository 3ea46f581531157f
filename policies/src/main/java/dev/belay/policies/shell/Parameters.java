package dev.belay.policies.shell;

/** {@code ${...}}. */
final class Parameters {
    private final Script script;
    private final Cursor cursor;
    private final Expansions expansions;
    private final Arithmetic arithmetic;

    Parameters(Script script, Expansions expansions, Arithmetic arithmetic) {
        this.script = script;
        this.expansions = expansions;
        this.arithmetic = arithmetic;
        cursor = script.cursor();
    }

    /** The cursor is at the brace. Bash was seen to join lines in it, and to lose sight of here-documents. */
    void read(Surroundings surroundings) {
        int begin = cursor.at();
        expression(surroundings);
        refuseLines(begin);
    }

    private void refuseLines(int begin) {
        if (cursor.since(begin).indexOf('\n') >= 0) {
            throw cursor.doubt("`${...}` or a subscript stands on several lines");
        }
    }

    private void expression(Surroundings surroundings) {
        cursor.skip(1);
        if (cursor.take("#}") || cursor.take("!}")) {
            return;
        }
        boolean length = cursor.take("#");
        boolean indirect = !length && cursor.take("!");
        if (indirect) {
            script.findings().evaluates(cursor);
        }
        parameter();
        if (cursor.take("[")) {
            subscript(surroundings);
        }
        if (cursor.take("}") || indirect && (cursor.take("*}") || cursor.take("@}"))) {
            return;
        }
        if (length) {
            throw cursor.doubt("`${#` is not understood");
        }
        operation(surroundings);
    }

    private void parameter() {
        char c = cursor.peek();
        if (Characters.beginsName(c)) {
            while (Characters.name(cursor.peek())) {
                cursor.skip(1);
            }
        } else if (Characters.digit(c)) {
            while (Characters.digit(cursor.peek())) {
                cursor.skip(1);
            }
        } else if (c != Cursor.END && "@*#?-$!".indexOf(c) >= 0) {
            cursor.skip(1);
        } else {
            throw cursor.doubt("`${` names no variable");
        }
    }

    private void operation(Surroundings surroundings) {
        char c = cursor.next();
        switch (c) {
            case '@' -> {
                // `P` would expand the value once more, and run what is in it.
                if ("UuLKkQEAa".indexOf(cursor.next()) < 0 || !cursor.take("}")) {
                    throw cursor.doubt("`${...@` is not understood");
                }
            }
            case ':' -> {
                char sign = cursor.peek();
                if (sign != Cursor.END && "-=?+".indexOf(sign) >= 0) {
                    cursor.skip(1);
                    word(surroundings);
                } else {
                    arithmetic.read("}", "");
                }
            }
            case '-', '=', '?', '+', '#', '%', '^', ',', '/' -> word(surroundings);
            default -> throw cursor.doubt("`${` is not understood");
        }
    }

    /** Up to the brace that closes, which is passed. */
    private void word(Surroundings surroundings) {
        boolean bare = surroundings == Surroundings.BARE;
        WordText text = new WordText();
        while (!cursor.take("}")) {
            char c = cursor.peek();
            if (c == '$' && bare && cursor.take("$'")) {
                new AnsiQuotes(cursor).read(text);
            } else if (c == '$') {
                expansions.dollar(surroundings);
            } else if (c == '`') {
                expansions.backticks(surroundings);
            } else if (c == '\'' && bare) {
                cursor.skip(1);
                script.quotes().single(text);
            } else if (c == '"' && bare) {
                cursor.skip(1);
                script.quotes().doubled(text);
            } else if (c == '\\' && cursor.peek(1) != '\n' && cursor.peek(1) != Cursor.END) {
                cursor.skip(2);
            } else if (c == Cursor.END || "'\"\\\n\r{".indexOf(c) >= 0 || Characters.opensProcess(cursor)) {
                throw cursor.doubt("`${...}` is not understood");
            } else {
                cursor.skip(1);
            }
        }
        script.findings().quoted(text.known());
    }

    /** Up to the bracket that closes, which is passed. */
    void subscript(Surroundings surroundings) {
        if (cursor.take("@]") || cursor.take("*]")) {
            return;
        }
        boolean bare = surroundings == Surroundings.BARE;
        WordText text = new WordText();
        int begin = cursor.at();
        while (cursor.peek() != ']') {
            char c = cursor.peek();
            if (c == '$') {
                if (!expansions.dollar(surroundings)) {
                    throw cursor.doubt("a subscript is not understood");
                }
            } else if (c == '`') {
                expansions.backticks(surroundings);
            } else if (c == '\'' && bare) {
                cursor.skip(1);
                script.quotes().single(text);
            } else if (c == '"' && bare) {
                cursor.skip(1);
                script.quotes().doubled(text);
            } else if (Characters.name(c) || c != Cursor.END && "+-*/%.:,".indexOf(c) >= 0) {
                cursor.skip(1);
            } else {
                throw cursor.doubt("a subscript is not understood");
            }
        }
        String said = cursor.since(begin);
        cursor.skip(1);
        refuseLines(begin);
        if (said.isEmpty()) {
            throw cursor.doubt("a subscript is empty");
        }
        if (!Characters.isNumber(said)) {
            script.findings().evaluates(cursor);
        }
        script.findings().quoted(text.known());
    }
}
