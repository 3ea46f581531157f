package dev.belay.policies.shell;

import java.util.Set;

/** {@code [[ ... ]]}. */
final class Conditions {
    private static final Set<String> EVALUATING = Set.of("-eq", "-ne", "-lt", "-le", "-gt", "-ge");
    private static final Set<String> COMPARING = Set.of("=", "==", "!=", "-nt", "-ot", "-ef");
    private static final String ASKING = "abcdefghknoprstuvwxzGLNORS";

    private final Script script;
    private final Cursor cursor;
    private final Gaps gaps;

    Conditions(Script script) {
        this.script = script;
        cursor = script.cursor();
        gaps = script.gaps();
    }

    /** The cursor is behind the brackets that open it. */
    void read() {
        alternatives();
        gaps.linesWithin();
        if (!ends()) {
            throw cursor.doubt("`]]` is missing");
        }
        cursor.skip(2);
    }

    private boolean ends() {
        return script.words().plain().equals("]]");
    }

    private void alternatives() {
        do {
            gaps.linesWithin();
            term();
            gaps.blanks();
        } while (cursor.take("&&") || cursor.take("||"));
    }

    private void term() {
        while (script.words().plain().equals("!")) {
            cursor.skip(1);
            gaps.blanks();
        }
        if (cursor.take("(")) {
            script.findings().deeper(cursor);
            alternatives();
            gaps.linesWithin();
            if (!cursor.take(")")) {
                throw cursor.doubt("`)` is missing");
            }
            script.findings().back();
            return;
        }
        String first = operand().raw();
        gaps.blanks();
        if (first.length() == 2 && first.charAt(0) == '-' && ASKING.indexOf(first.charAt(1)) >= 0) {
            if (first.equals("-v") || first.equals("-R")) {
                script.findings().evaluates(cursor);
            }
            operand();
        } else {
            comparison();
        }
    }

    private void comparison() {
        String operator = script.words().plain();
        if (cursor.peek() == '<' || cursor.peek() == '>') {
            cursor.skip(1);
            if (!Characters.blank(cursor.peek())) {
                throw cursor.doubt("a comparison is not understood");
            }
            gaps.blanks();
            operand();
        } else if (operator.equals("=~")) {
            cursor.skip(2);
            gaps.blanks();
            script.words().pattern();
        } else if (COMPARING.contains(operator) || EVALUATING.contains(operator)) {
            if (EVALUATING.contains(operator)) {
                script.findings().evaluates(cursor);
            }
            cursor.skip(operator.length());
            gaps.blanks();
            operand();
        }
    }

    private Word operand() {
        if (ends()) {
            throw cursor.doubt("a condition lacks a word");
        }
        return script.words().read();
    }
}
