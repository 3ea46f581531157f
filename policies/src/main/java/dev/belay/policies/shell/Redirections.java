package dev.belay.policies.shell;

import java.util.List;
import java.util.Optional;

/** Redirections, with the descriptors before them. */
final class Redirections {
    /** The longest first, as a shell takes them. */
    private static final List<String> OPERATORS =
            List.of("&>>", "<<<", "<<-", "&>", "<<", "<>", "<&", ">>", ">|", ">&", "<", ">");

    private final Script script;
    private final Cursor cursor;

    Redirections(Script script) {
        this.script = script;
        cursor = script.cursor();
    }

    /** @return whether there was one */
    boolean read(Draft command) {
        int prefix = prefix();
        if (!operatorAt(prefix)) {
            return false;
        }
        cursor.skip(prefix);
        String operator = OPERATORS.stream().filter(cursor::take).findFirst().orElseThrow();
        script.gaps().blanks();
        if (operator.equals("<<") || operator.equals("<<-")) {
            Heredoc document = document(operator.equals("<<-"));
            if (script.substituted()) {
                script.findings().substitutedDocument(cursor);
            }
            script.heredocs().await(document);
            command.redirect(operator, document);
            return true;
        }
        if (operator.endsWith("&") && cursor.peek() == '-' && !Characters.meta(cursor.peek(1))) {
            throw cursor.doubt("a descriptor is closed, and something follows at once");
        }
        Word target = script.words().read();
        Optional<String> text = operator.equals("<<<") ? target.literal().map(said -> said + "\n") : Optional.empty();
        command.redirect(operator, target, text);
        return true;
    }

    private boolean operatorAt(int ahead) {
        char c = cursor.peek(ahead);
        char after = cursor.peek(ahead + 1);
        return (c == '<' || c == '>') && after != '(' || ahead == 0 && c == '&' && after == '>';
    }

    /** How long a descriptor here is, or a variable for one. */
    private int prefix() {
        int length = 0;
        if (cursor.peek() == '{') {
            do {
                length++;
            } while (Characters.name(cursor.peek(length)));
            boolean named = cursor.peek(length) == '}' && Characters.beginsName(cursor.peek(1));
            return named ? length + 1 : 0;
        }
        while (Characters.digit(cursor.peek(length))) {
            length++;
        }
        if (length > 6 && operatorAt(length)) {
            throw cursor.doubt("a descriptor is too high");
        }
        return length;
    }

    private Heredoc document(boolean indented) {
        int begin = cursor.at();
        StringBuilder end = new StringBuilder();
        boolean verbatim = false;
        while (!Characters.meta(cursor.peek())) {
            char c = cursor.next();
            if (c == '\'' || c == '"') {
                verbatim = true;
                end.append(cursor.upTo(c, "a quote is not closed"));
            } else if (c == '\\') {
                if (cursor.done()) {
                    throw cursor.doubt("it ends in a backslash");
                }
                verbatim = true;
                end.append(cursor.next());
            } else {
                end.append(c);
            }
        }
        String text = end.toString();
        Word word = new Word(cursor.since(begin), Optional.of(text));
        if (!text.chars().allMatch(c -> c < 128 && Characters.name((char) c) || "-.!+%:,@ ".indexOf(c) >= 0)
                || text.isBlank()
                || cursor.peek() == '(') {
            throw new Doubt("a here-document's delimiter is not plain", cursor.placeOf(begin));
        }
        return new Heredoc(word, text, verbatim, indented);
    }
}
