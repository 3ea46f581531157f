package dev.belay.policies.shell;

import java.util.Optional;

/** A here-document: announced in one line, read after it. */
final class Heredoc {
    private final Word delimiter;
    private final String end;
    private final boolean verbatim;
    private final boolean indented;
    private Optional<String> text = Optional.empty();

    /**
     * @param verbatim its delimiter is quoted, so that nothing in it is expanded
     * @param indented tabs before its lines do not count
     */
    Heredoc(Word delimiter, String end, boolean verbatim, boolean indented) {
        this.delimiter = delimiter;
        this.end = end;
        this.verbatim = verbatim;
        this.indented = indented;
    }

    Word delimiter() {
        return delimiter;
    }

    String end() {
        return end;
    }

    boolean verbatim() {
        return verbatim;
    }

    boolean indented() {
        return indented;
    }

    Optional<String> text() {
        return text;
    }

    void brings(Optional<String> body) {
        text = body;
    }
}
