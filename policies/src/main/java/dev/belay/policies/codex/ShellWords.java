package dev.belay.policies.codex;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words of an example that is written as a line: quotes and backslashes are taken off, nothing is expanded. */
final class ShellWords {
    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean begun;
    private int at;

    private ShellWords(String line) {
        this.line = line;
    }

    /** Nothing where a quote is not closed, or a backslash stands at the end. */
    static Optional<List<String>> of(String line) {
        ShellWords shell = new ShellWords(line);
        return shell.read() ? Optional.of(List.copyOf(shell.words)) : Optional.empty();
    }

    private boolean read() {
        while (at < line.length()) {
            char c = line.charAt(at);
            if (" \t\n".indexOf(c) >= 0) {
                end();
                at++;
            } else if (c == '#' && !begun) {
                int newLine = line.indexOf('\n', at);
                at = newLine < 0 ? line.length() : newLine;
            } else if (c == '\'' || c == '"') {
                if (!quoted(c)) {
                    return false;
                }
            } else if (c == '\\') {
                if (++at == line.length()) {
                    return false;
                }
                if (line.charAt(at) != '\n') {
                    append(line.charAt(at));
                }
                at++;
            } else {
                append(c);
                at++;
            }
        }
        end();
        return true;
    }

    private boolean quoted(char quote) {
        begun = true;
        for (at++; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == quote) {
                at++;
                return true;
            }
            boolean escapes = quote == '"' && c == '\\' && at + 1 < line.length();
            if (escapes && "$`\"\\\n".indexOf(line.charAt(at + 1)) >= 0) {
                at++;
                if (line.charAt(at) != '\n') {
                    word.append(line.charAt(at));
                }
            } else {
                word.append(c);
            }
        }
        return false;
    }

    private void append(char c) {
        begun = true;
        word.append(c);
    }

    private void end() {
        if (begun) {
            words.add(word.toString());
            word.setLength(0);
            begun = false;
        }
    }
}
