package dev.belay.policies.shell;

/** What begins with a dollar sign or a backtick, and substitutions of processes. */
final class Expansions {
    private final Script script;
    private final Cursor cursor;
    private final Parameters parameters;
    private final Arithmetic arithmetic;

    Expansions(Script script) {
        this.script = script;
        cursor = script.cursor();
        arithmetic = new Arithmetic(script, this);
        parameters = new Parameters(script, this, arithmetic);
    }

    Arithmetic arithmetic() {
        return arithmetic;
    }

    Parameters parameters() {
        return parameters;
    }

    /** @return false where the dollar sign stands for itself */
    boolean dollar(Surroundings surroundings) {
        cursor.skip(1);
        char c = cursor.peek();
        if (c == '(') {
            script.findings().deeper(cursor);
            if (cursor.take("((")) {
                arithmetic.read("))", "");
            } else {
                substitution();
            }
            script.findings().back();
        } else if (c == '{') {
            script.findings().deeper(cursor);
            parameters.read(surroundings);
            script.findings().back();
        } else if (c == '[') {
            throw cursor.doubt("`$[` is arithmetic of an old kind");
        } else if (Characters.beginsName(c)) {
            while (Characters.name(cursor.peek())) {
                cursor.skip(1);
            }
        } else if (Characters.digit(c) || "@*#?-$!".indexOf(c) >= 0 && c != Cursor.END) {
            cursor.skip(1);
        } else if (cursor.looking("\\\n")) {
            throw cursor.doubt("a line is continued after a dollar sign");
        } else {
            return false;
        }
        return true;
    }

    /** {@code <(...)} and {@code >(...)}. With a second parenthesis bash looks for its end as in an expression. */
    void process() {
        if (cursor.peek(2) == '(') {
            throw cursor.doubt("a substitution of a process begins with `((`");
        }
        script.findings().deeper(cursor);
        cursor.skip(1);
        substitution();
        script.findings().back();
    }

    private void substitution() {
        int begin = cursor.place();
        cursor.skip(1);
        script.heredocs().enter();
        script.lists().read();
        if (!cursor.take(")")) {
            throw cursor.done()
                    ? new Doubt("a substitution is not closed", begin)
                    : cursor.doubt("`" + cursor.peek() + "` is not expected here");
        }
        script.heredocs().leave();
    }

    void backticks(Surroundings surroundings) {
        int begin = cursor.place();
        script.findings().deeper(cursor);
        cursor.skip(1);
        StringBuilder inner = new StringBuilder();
        while (cursor.peek() != '`') {
            char c = cursor.peek();
            char after = cursor.peek(1);
            if (c == Cursor.END) {
                throw new Doubt("a backtick is not closed", begin);
            }
            if (c == '#' && (inner.isEmpty() || Character.isWhitespace(inner.charAt(inner.length() - 1)))) {
                throw cursor.doubt("a comment within backticks may hide their end");
            }
            if (c == '\\' && after == '"' && surroundings != Surroundings.BARE) {
                throw cursor.doubt("a quote is escaped in backticks in quotes");
            }
            if (c == '\\') {
                cursor.skip(1);
                if ("$`\\".indexOf(after) < 0) {
                    inner.append('\\');
                }
                if (after == Cursor.END) {
                    throw new Doubt("a backtick is not closed", begin);
                }
            }
            inner.append(cursor.next());
        }
        cursor.skip(1);
        new Script(Cursor.within(inner.toString(), begin), script.findings()).readAll();
        script.findings().back();
    }
}
