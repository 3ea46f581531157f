package dev.belay.policies.shell;

import java.util.Optional;

/** {@code NAME=value}, {@code NAME+=value}, {@code NAME[i]=value} and {@code NAME=(values)}. */
final class Assignments {
    private final Script script;
    private final Cursor cursor;

    Assignments(Script script) {
        this.script = script;
        cursor = script.cursor();
    }

    /**
     * Where a command may begin.
     *
     * @return whether there was one
     */
    boolean read(Draft command) {
        int length = name();
        char c = cursor.peek(length);
        boolean adds = c == '+' && cursor.peek(length + 1) == '=';
        if (length == 0 || !(c == '=' || c == '[' || adds)) {
            return false;
        }
        int begin = cursor.at();
        cursor.skip(length);
        String name = cursor.since(begin);
        if (cursor.take("[")) {
            script.expansions().parameters().subscript(Surroundings.BARE);
        }
        cursor.take("+");
        if (!cursor.take("=")) {
            throw cursor.doubt("`" + name + "[` begins no assignment");
        }
        if (cursor.peek() == '(') {
            if (command.redirects()) {
                throw cursor.doubt("an array is not expected behind a redirection");
            }
            command.assign(name, array(cursor.at()));
        } else {
            command.assign(name, value());
        }
        return true;
    }

    /** Among the arguments of a command that declares: {@code NAME=(values)} is one of them. */
    boolean readArray(Draft command) {
        int begin = cursor.at();
        int length = name();
        int sign = cursor.peek(length) == '+' ? 2 : 1;
        if (length == 0 || cursor.peek(length + sign - 1) != '=' || cursor.peek(length + sign) != '(') {
            return false;
        }
        cursor.skip(length + sign);
        command.say(array(begin));
        return true;
    }

    private int name() {
        int length = 0;
        while (length == 0 ? Characters.beginsName(cursor.peek()) : Characters.name(cursor.peek(length))) {
            length++;
        }
        return length;
    }

    private Word value() {
        boolean home = cursor.peek() == '~';
        if (!script.words().here() || cursor.looking("\\\n") && Gaps.endsWord(cursor.peek(2))) {
            return new Word("", Optional.of(""));
        }
        Word value = script.words().read();
        return home ? new Word(value.raw(), Optional.empty()) : value;
    }

    /**
     * The cursor is at the parenthesis. Bash reads arrays with a parser that it enters once more: within substitutions,
     * and over several lines, it was seen to lose its place, and to run values and here-documents as commands.
     */
    private Word array(int begin) {
        if (script.substituted()) {
            throw cursor.doubt("an array within a substitution");
        }
        script.findings().deeper(cursor);
        cursor.skip(1);
        script.gaps().linesWithin();
        while (!cursor.take(")")) {
            if (cursor.take("[")) {
                script.expansions().parameters().subscript(Surroundings.BARE);
                cursor.take("+");
                if (!cursor.take("=")) {
                    throw cursor.doubt("an element of an array is not understood");
                }
                value();
            } else {
                script.words().read();
            }
            script.gaps().linesWithin();
        }
        script.findings().back();
        if (cursor.since(begin).indexOf('\n') >= 0) {
            throw cursor.doubt("an array's values stand on several lines");
        }
        return new Word(cursor.since(begin), Optional.empty());
    }
}
