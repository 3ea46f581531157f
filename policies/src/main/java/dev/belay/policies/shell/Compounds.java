package dev.belay.policies.shell;

/** Commands that hold others. The cursor is where one begins. */
final class Compounds {
    private final Script script;
    private final Cursor cursor;
    private final Gaps gaps;
    private final Lists lists;
    private final Conditions conditions;

    Compounds(Script script, Lists lists) {
        this.script = script;
        this.lists = lists;
        cursor = script.cursor();
        gaps = script.gaps();
        conditions = new Conditions(script);
    }

    void read() {
        if (cursor.take("((")) {
            script.expansions().arithmetic().read("))", "");
            return;
        }
        if (cursor.take("(")) {
            list();
            sign(")");
            return;
        }
        String plain = script.words().plain();
        cursor.skip(plain.length());
        switch (plain) {
            case "{" -> {
                list();
                reserved("}");
            }
            case "[[" -> conditions.read();
            case "if" -> branches();
            case "while", "until" -> {
                list();
                loop();
            }
            case "for", "select" -> each();
            case "case" -> cases();
            default -> throw cursor.doubt("`" + plain + "` is not expected here");
        }
    }

    private void list() {
        if (!lists.read()) {
            throw cursor.doubt("a command is missing");
        }
    }

    private void sign(String expected) {
        gaps.blanks();
        if (!cursor.take(expected)) {
            throw cursor.doubt("`" + expected + "` is missing");
        }
    }

    private boolean takeReserved(String word) {
        gaps.blanks();
        return script.words().plain().equals(word) && cursor.take(word);
    }

    private void reserved(String word) {
        if (!takeReserved(word)) {
            throw cursor.doubt("`" + word + "` is missing");
        }
    }

    private void branches() {
        do {
            list();
            reserved("then");
            list();
        } while (takeReserved("elif"));
        if (takeReserved("else")) {
            list();
        }
        reserved("fi");
    }

    private void loop() {
        reserved("do");
        list();
        reserved("done");
    }

    private void each() {
        gaps.blanks();
        if (cursor.take("((")) {
            script.expansions().arithmetic().read("))", ";");
        } else {
            String name = script.words().plain();
            if (!Characters.isName(name) || name.startsWith("PS") || name.equals("POSIXLY_CORRECT")) {
                throw cursor.doubt("a loop's variable is not plain");
            }
            cursor.skip(name.length());
            gaps.lines();
            if (takeReserved("in")) {
                gaps.blanks();
                while (script.words().here()) {
                    script.words().read();
                    gaps.blanks();
                }
                if (cursor.peek() != ';' && cursor.peek() != '\n') {
                    throw cursor.doubt("`do` is missing");
                }
            }
        }
        gaps.blanks();
        if (cursor.peek() == ';') {
            cursor.skip(1);
        }
        gaps.lines();
        if (takeReserved("{")) {
            list();
            reserved("}");
        } else {
            loop();
        }
    }

    private void cases() {
        gaps.blanks();
        script.words().read();
        gaps.lines();
        reserved("in");
        gaps.lines();
        boolean more = true;
        while (!takeReserved("esac")) {
            if (!more) {
                throw cursor.doubt("`esac` is missing");
            }
            patterns();
            lists.read();
            gaps.blanks();
            more = cursor.take(";;&") || cursor.take(";;") || cursor.take(";&");
            gaps.lines();
        }
    }

    private void patterns() {
        boolean opened = cursor.take("(");
        gaps.blanks();
        if (opened && script.words().plain().equals("esac")) {
            throw cursor.doubt("`esac` is not expected as a pattern");
        }
        do {
            gaps.blanks();
            script.words().read();
            gaps.blanks();
        } while (cursor.take("|"));
        sign(")");
    }
}
