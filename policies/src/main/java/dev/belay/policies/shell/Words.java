package dev.belay.policies.shell;

/** Words: what stands between blanks and operators, however much is quoted or substituted in it. */
final class Words {
    private final Script script;
    private final Cursor cursor;

    Words(Script script) {
        this.script = script;
        cursor = script.cursor();
    }

    boolean here() {
        return !Characters.meta(cursor.peek()) || Characters.opensProcess(cursor);
    }

    /** What stands here up to a blank or an operator, as if nothing in it were quoted: so reserved words stand. */
    String plain() {
        int length = 0;
        while (!Characters.meta(cursor.peek(length))) {
            length++;
        }
        String angle = "" + cursor.peek(length) + cursor.peek(length + 1);
        if (angle.equals("<(") || angle.equals(">(") || length > 10) {
            return "";
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < length; i++) {
            plain.append(cursor.peek(i));
        }
        return plain.toString();
    }

    Word read() {
        int begin = cursor.at();
        WordText text = new WordText();
        while (here() && !(cursor.looking("\\\n") && Gaps.endsWord(cursor.peek(2)))) {
            part(text);
        }
        if (cursor.at() == begin) {
            throw cursor.done()
                    ? cursor.doubt("a word is missing")
                    : cursor.doubt("a word is missing before `" + cursor.peek() + "`");
        }
        return word(begin, text);
    }

    /** What is matched against a regular expression: parentheses and bars belong to it. */
    Word pattern() {
        int begin = cursor.at();
        WordText text = new WordText();
        int open = 0;
        while (here() || cursor.peek() == '|' || cursor.peek() == '(' || open > 0) {
            char c = cursor.peek();
            if (c == '(' || c == ')' || c == '|') {
                open += c == '(' ? 1 : c == ')' ? -1 : 0;
                text.expansion();
                cursor.skip(1);
            } else if (here() && !Characters.opensProcess(cursor)) {
                part(text);
            } else {
                throw cursor.doubt("a regular expression is not understood");
            }
        }
        return word(begin, text);
    }

    private Word word(int begin, WordText text) {
        String raw = cursor.since(begin);
        if (raw.indexOf('\n') >= 0) {
            script.heredocs().refuseWaiting();
        }
        script.findings().quoted(text.known());
        return new Word(raw, text.literal());
    }

    private void part(WordText text) {
        char c = cursor.peek();
        switch (c) {
            case '\'' -> {
                cursor.skip(1);
                script.quotes().single(text);
            }
            case '"' -> {
                cursor.skip(1);
                script.quotes().doubled(text);
            }
            case '\\' -> escape(text);
            case '$' -> dollar(text);
            case '`' -> {
                script.expansions().backticks(Surroundings.BARE);
                text.expansion();
            }
            case '<', '>' -> {
                script.expansions().process();
                text.expansion();
            }
            case '\r' -> throw cursor.doubt("a carriage return is not quoted");
            default -> {
                if ("?*+@!".indexOf(c) >= 0 && cursor.peek(1) == '(') {
                    throw cursor.doubt("`" + c + "(` is an extended pattern");
                }
                text.bare(cursor.next());
            }
        }
    }

    private void escape(WordText text) {
        char c = cursor.peek(1);
        if (c == '\n' || c == '\r' || c == Cursor.END) {
            throw cursor.doubt("a line is continued within a word");
        }
        cursor.skip(2);
        text.quoted(c);
    }

    private void dollar(WordText text) {
        if (cursor.take("$'")) {
            new AnsiQuotes(cursor).read(text);
        } else if (cursor.take("$\"")) {
            script.quotes().doubled(text);
        } else if (script.expansions().dollar(Surroundings.BARE)) {
            text.expansion();
        } else {
            text.bare('$');
        }
    }
}
