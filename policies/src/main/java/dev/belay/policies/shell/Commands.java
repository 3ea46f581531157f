package dev.belay.policies.shell;

import java.util.Set;

/** Commands of every kind, told apart by how they begin. */
final class Commands {
    private static final Set<String> COMPOUND = Set.of("{", "[[", "if", "while", "until", "for", "select", "case");

    private final Script script;
    private final Cursor cursor;
    private final Gaps gaps;
    private final Compounds compounds;
    private final SimpleCommands simple;

    Commands(Script script, Lists lists) {
        this.script = script;
        cursor = script.cursor();
        gaps = script.gaps();
        compounds = new Compounds(script, lists);
        simple = new SimpleCommands(script, this);
    }

    void read() {
        gaps.blanks();
        String plain = script.words().plain();
        if (compoundHere()) {
            compound();
        } else if (plain.equals("function")) {
            cursor.skip(plain.length());
            function();
        } else if (plain.equals("coproc")) {
            cursor.skip(plain.length());
            coprocess();
        } else {
            simple.read();
        }
    }

    private boolean compoundHere() {
        return cursor.peek() == '(' || COMPOUND.contains(script.words().plain());
    }

    void compound() {
        Draft command = new Draft();
        script.findings().deeper(cursor);
        if (script.substituted()) {
            script.findings().substitutedCompound(cursor);
        }
        compounds.read();
        script.findings().back();
        gaps.blanks();
        int begin = cursor.at();
        int end = begin;
        while (script.redirections().read(command)) {
            end = cursor.at();
            gaps.blanks();
        }
        if (command.redirects()) {
            command.raw(cursor.since(begin).substring(0, end - begin));
            script.findings().add(command);
        }
    }

    /** What stands behind a function's name, with its parentheses if they are there. */
    void function(String name) {
        gaps.blanks();
        if (cursor.take("(")) {
            gaps.blanks();
            if (!cursor.take(")")) {
                throw cursor.doubt("a function has no `)`");
            }
        }
        gaps.lines();
        if (!compoundHere()) {
            throw cursor.doubt("a function has no body");
        }
        script.findings().function(name);
        compound();
    }

    private void function() {
        gaps.blanks();
        Word name = script.words().read();
        if (!plainName(name)) {
            throw cursor.doubt("a function's name is not plain");
        }
        function(name.raw());
    }

    static boolean plainName(Word name) {
        return name.raw().chars().allMatch(c -> c < 128 && Characters.name((char) c) || "-.:+@%/,".indexOf(c) >= 0);
    }

    private void coprocess() {
        gaps.blanks();
        if (compoundHere()) {
            compound();
        } else {
            simple.coprocess(this::compoundHere);
        }
    }
}
