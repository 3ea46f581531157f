package dev.belay.policies.shell;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was found in a line so far, whichever text within it is being read. */
final class Findings {
    private static final int DEEPEST = 50;

    private final List<Draft> commands = new ArrayList<>();
    private final Set<String> functions = new LinkedHashSet<>();
    private int depth;
    private int evaluatedAt = -1;
    private boolean quotedCode;
    private boolean substitutedDocument;
    private boolean substitutedCompound;

    void deeper(Cursor cursor) {
        if (++depth > DEEPEST) {
            throw cursor.doubt("it is nested too deep");
        }
    }

    void back() {
        depth--;
    }

    void add(Draft command) {
        commands.add(command);
    }

    void drop(Draft command) {
        commands.remove(command);
    }

    void function(String name) {
        functions.add(name);
    }

    /** An expression is evaluated here, and with it whatever the values of its variables hold. */
    void evaluates(Cursor cursor) {
        evaluatedAt = cursor.place();
    }

    void quoted(String text) {
        quotedCode |= text.contains("$(") || text.contains("`");
    }

    /**
     * Bash writes a substitution anew before it runs it. Where that has a here-document and a compound command, it was
     * seen to forget what separates commands.
     */
    void substitutedDocument(Cursor cursor) {
        substitutedDocument = true;
        refuseRewriting(cursor);
    }

    void substitutedCompound(Cursor cursor) {
        substitutedCompound = true;
        refuseRewriting(cursor);
    }

    private void refuseRewriting(Cursor cursor) {
        if (substitutedDocument && substitutedCompound) {
            throw cursor.doubt("a substitution has a here-document and a compound command");
        }
    }

    ShellParse.Parsed parsed() {
        if (quotedCode && evaluatedAt >= 0) {
            throw new Doubt("a quoted substitution could run when an expression is evaluated", evaluatedAt);
        }
        List<ShellCommand> found = commands.stream().map(Draft::command).toList();
        return new ShellParse.Parsed(found, functions);
    }
}
