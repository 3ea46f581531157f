package dev.belay.policies.shell;

/** Expressions. Only what no shell could take for anything else: no quotes, no backslashes, parentheses in pairs. */
final class Arithmetic {
    private static final String SIGNS = " \t+-*/%<>=!&|^~?:,[]";

    private final Script script;
    private final Cursor cursor;
    private final Expansions expansions;

    Arithmetic(Script script, Expansions expansions) {
        this.script = script;
        this.expansions = expansions;
        cursor = script.cursor();
    }

    /**
     * Up to the end, which is passed.
     *
     * @param more what else may stand in it
     */
    void read(String end, String more) {
        script.findings().evaluates(cursor);
        int begin = cursor.at();
        int open = 0;
        while (open > 0 || !cursor.looking(end)) {
            char c = cursor.peek();
            if (c == '$') {
                if (!expansions.dollar(Surroundings.QUOTED)) {
                    throw cursor.doubt("`$` is not expected in an expression");
                }
            } else if (c == '`') {
                expansions.backticks(Surroundings.QUOTED);
            } else if (allowed(c) || more.indexOf(c) >= 0) {
                cursor.skip(1);
            } else if (c == '(') {
                open++;
                cursor.skip(1);
            } else if (c == ')' && open > 0) {
                open--;
                cursor.skip(1);
            } else {
                throw cursor.doubt("an expression is not understood");
            }
        }
        refuseStrangeNesting(cursor.since(begin));
        cursor.skip(end.length());
    }

    /** Where a shell counts parentheses otherwise, it runs the expression as a command instead. */
    private void refuseStrangeNesting(String text) {
        int open = 0;
        int singles = 0;
        int doubles = 0;
        for (char c : text.toCharArray()) {
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
            singles += c == '\'' ? 1 : 0;
            doubles += c == '"' ? 1 : 0;
            if (open < 0 || c == '\\' || c == '\n') {
                throw cursor.doubt("an expression holds a command that is not plain");
            }
        }
        if (open != 0
                || singles % 2 != 0
                || doubles % 2 != 0
                || text.contains(" #")
                || text.contains("<<") && text.contains("$(")) {
            throw cursor.doubt("an expression holds a command that is not plain");
        }
    }

    private boolean allowed(char c) {
        return c != Cursor.END
                && (Characters.name(c) || SIGNS.indexOf(c) >= 0 || c == '#' && Characters.digit(cursor.peek(-1)));
    }
}
