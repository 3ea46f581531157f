package dev.belay.policies.shell;

import java.util.Set;
import java.util.function.BooleanSupplier;

/** A name with its arguments, with assignments before it and redirections anywhere. */
final class SimpleCommands {
    private static final Set<String> RESERVED = Set.of(
            "if",
            "then",
            "elif",
            "else",
            "fi",
            "for",
            "while",
            "until",
            "do",
            "done",
            "case",
            "esac",
            "select",
            "function",
            "in",
            "{",
            "}",
            "!",
            "[[",
            "]]",
            "time",
            "coproc");
    private static final Set<String> DECLARING = Set.of("declare", "typeset", "local", "export", "readonly");

    private final Script script;
    private final Cursor cursor;
    private final Gaps gaps;
    private final Commands commands;
    private final Assignments assignments;
    private final Hazards hazards;

    SimpleCommands(Script script, Commands commands) {
        this.script = script;
        this.commands = commands;
        cursor = script.cursor();
        gaps = script.gaps();
        assignments = new Assignments(script);
        hazards = new Hazards(script);
    }

    void read() {
        read(() -> false);
    }

    /** Its first word is only a name for it where the body of a compound command follows. */
    void coprocess(BooleanSupplier compoundHere) {
        read(compoundHere);
    }

    private void read(BooleanSupplier compoundHere) {
        Draft command = new Draft();
        script.findings().add(command);
        int begin = cursor.at();
        int end = begin;
        while (part(command)) {
            end = cursor.at();
            gaps.blanks();
            if (command.words().size() == 1 && command.bare()) {
                if (compoundHere.getAsBoolean()
                        && Characters.isName(name(command).raw())) {
                    script.findings().drop(command);
                    commands.compound();
                    return;
                }
                if (cursor.peek() == '(') {
                    function(command);
                    return;
                }
            }
        }
        if (command.empty()) {
            throw cursor.doubt("a command is missing");
        }
        command.raw(cursor.since(begin).substring(0, end - begin));
        hazards.judge(command.command());
    }

    private void function(Draft command) {
        Word name = name(command);
        if (!Commands.plainName(name)) {
            throw cursor.doubt("`(` is not expected here");
        }
        script.findings().drop(command);
        commands.function(name.raw());
    }

    private static Word name(Draft command) {
        return command.words().getFirst();
    }

    private boolean part(Draft command) {
        if (script.redirections().read(command)) {
            return true;
        }
        if (!script.words().here()) {
            return false;
        }
        if (command.words().isEmpty() && assignments.read(command)) {
            return true;
        }
        int begin = cursor.at();
        boolean named = !command.words().isEmpty();
        if (named && DECLARING.contains(name(command).raw()) && assignments.readArray(command)) {
            return true;
        }
        Word word = script.words().read();
        if (!named && RESERVED.contains(word.raw())) {
            throw new Doubt("`" + word.raw() + "` is not expected here", cursor.placeOf(begin));
        }
        if (word.raw().startsWith("{") && word.raw().endsWith("}") && "<>".indexOf(cursor.peek()) >= 0) {
            throw cursor.doubt("a descriptor's name is not understood");
        }
        command.say(word);
        return true;
    }
}
