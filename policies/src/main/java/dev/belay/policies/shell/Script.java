package dev.belay.policies.shell;

/** One text that is read as commands, or for what it expands, with all who read in it. */
final class Script {
    private final Cursor cursor;
    private final Findings findings;
    private final Gaps gaps;
    private final Heredocs heredocs;
    private final Quotes quotes;
    private final Expansions expansions;
    private final Words words;
    private final Redirections redirections;
    private final Lists lists;

    Script(Cursor cursor, Findings findings) {
        this.cursor = cursor;
        this.findings = findings;
        heredocs = new Heredocs(cursor, findings);
        gaps = new Gaps(cursor, heredocs);
        expansions = new Expansions(this);
        quotes = new Quotes(this);
        words = new Words(this);
        redirections = new Redirections(this);
        lists = new Lists(this);
    }

    /** The whole text is commands. */
    void readAll() {
        lists.read();
        if (!cursor.done()) {
            throw cursor.doubt("`" + cursor.peek() + "` is not expected here");
        }
        heredocs.finish();
    }

    /** What is read now is in a substitution, or in a here-document. */
    boolean substituted() {
        return cursor.isWithin() || heredocs.substituted();
    }

    Cursor cursor() {
        return cursor;
    }

    Findings findings() {
        return findings;
    }

    Gaps gaps() {
        return gaps;
    }

    Heredocs heredocs() {
        return heredocs;
    }

    Quotes quotes() {
        return quotes;
    }

    Expansions expansions() {
        return expansions;
    }

    Words words() {
        return words;
    }

    Redirections redirections() {
        return redirections;
    }

    Lists lists() {
        return lists;
    }
}
