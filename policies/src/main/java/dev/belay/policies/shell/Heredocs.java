package dev.belay.policies.shell;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The here-documents that were announced and are read when the line ends. */
final class Heredocs {
    private final Cursor cursor;
    private final Findings findings;
    private final Deque<List<Heredoc>> waiting = new ArrayDeque<>();

    Heredocs(Cursor cursor, Findings findings) {
        this.cursor = cursor;
        this.findings = findings;
        waiting.push(new ArrayList<>());
    }

    void await(Heredoc document) {
        waiting.element().add(document);
    }

    /** A substitution begins: its documents are its own. */
    void enter() {
        waiting.push(new ArrayList<>());
    }

    boolean substituted() {
        return waiting.size() > 1;
    }

    void leave() {
        finish();
        waiting.pop();
    }

    void finish() {
        if (!waiting.element().isEmpty()) {
            throw cursor.doubt("a here-document has no text");
        }
    }

    void refuseWaiting() {
        if (waiting.stream().anyMatch(documents -> !documents.isEmpty())) {
            throw cursor.doubt("a line ends within a command whose here-document is still to come");
        }
    }

    void lineEnds() {
        List<Heredoc> documents = List.copyOf(waiting.element());
        waiting.element().clear();
        refuseWaiting();
        documents.forEach(this::read);
    }

    private void read(Heredoc document) {
        int begin = cursor.place();
        StringBuilder body = new StringBuilder();
        while (!cursor.done()) {
            String line = line(document);
            if (line.equals(document.end())) {
                document.brings(content(document, body.toString(), begin));
                return;
            }
            // Within a substitution, a shell takes such a line for the end where a parenthesis follows.
            if (substituted() && line.startsWith(document.end())) {
                throw cursor.doubt("a line within a here-document begins like its end");
            }
            body.append(line).append('\n');
        }
        throw new Doubt("a here-document does not end", begin);
    }

    private String line(Heredoc document) {
        String line = cursor.line();
        while (!document.verbatim() && continued(line)) {
            if (cursor.done()) {
                throw cursor.doubt("a here-document does not end");
            }
            line = line.substring(0, line.length() - 1) + cursor.line();
        }
        return document.indented() ? line.replaceFirst("^\t+", "") : line;
    }

    private static boolean continued(String line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private Optional<String> content(Heredoc document, String body, int begin) {
        if (document.verbatim()) {
            findings.quoted(body);
            return Optional.of(body);
        }
        Script inner = new Script(Cursor.within(body, begin), findings);
        WordText text = new WordText();
        inner.quotes().expand(text, Cursor.END, Surroundings.DOCUMENT);
        findings.quoted(text.known());
        return text.literal();
    }
}
