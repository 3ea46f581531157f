package dev.belay.policies.shell;

import java.util.Set;

/** Lists of pipelines of commands. */
final class Lists {
    private static final Set<String> CLOSING = Set.of("then", "do", "done", "fi", "elif", "else", "esac", "}");

    private final Script script;
    private final Cursor cursor;
    private final Gaps gaps;
    private final Commands commands;

    Lists(Script script) {
        this.script = script;
        cursor = script.cursor();
        gaps = script.gaps();
        commands = new Commands(script, this);
    }

    /**
     * Up to what begins no command.
     *
     * @return whether there was a command
     */
    boolean read() {
        boolean any = false;
        while (true) {
            gaps.lines();
            if (ends()) {
                return any;
            }
            pipelines();
            any = true;
            gaps.blanks();
            char c = cursor.peek();
            if (c == '&' || c == ';' && ";&".indexOf(cursor.peek(1)) < 0) {
                cursor.skip(1);
            } else if (c != '\n') {
                return true;
            }
        }
    }

    private boolean ends() {
        return cursor.done()
                || cursor.peek() == ')'
                || cursor.looking(";;")
                || cursor.looking(";&")
                || CLOSING.contains(script.words().plain());
    }

    private void pipelines() {
        pipeline();
        gaps.blanks();
        while (cursor.take("&&") || cursor.take("||")) {
            gaps.lines();
            pipeline();
            gaps.blanks();
        }
    }

    private void pipeline() {
        prefixes();
        commands.read();
        gaps.blanks();
        while (cursor.peek() == '|' && cursor.peek(1) != '|') {
            cursor.skip(cursor.peek(1) == '&' ? 2 : 1);
            gaps.lines();
            String plain = script.words().plain();
            if (plain.equals("!") || plain.equals("time")) {
                throw cursor.doubt("`" + plain + "` is not expected behind `|`");
            }
            commands.read();
            gaps.blanks();
        }
    }

    private void prefixes() {
        boolean any = true;
        while (any) {
            gaps.blanks();
            String plain = script.words().plain();
            any = plain.equals("!") || plain.equals("time");
            if (any) {
                cursor.skip(plain.length());
                gaps.blanks();
            }
            if (plain.equals("time")) {
                options();
            }
        }
    }

    /** Those of {@code time}: with any other one it is a program of that name. */
    private void options() {
        for (String option : new String[] {"-p", "--"}) {
            if (script.words().plain().equals(option)) {
                cursor.skip(option.length());
                gaps.blanks();
            }
        }
        if (cursor.peek() == '-') {
            throw cursor.doubt("an option of `time` is not known");
        }
    }
}
