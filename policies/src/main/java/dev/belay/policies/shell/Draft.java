package dev.belay.policies.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A command while it is read: the texts of its here-documents come only after its line. */
final class Draft {
    private final List<ShellCommand.Assignment> assignments = new ArrayList<>();
    private final List<Word> words = new ArrayList<>();
    private final List<Bringing> redirects = new ArrayList<>();
    private String raw = "";

    void assign(String name, Word value) {
        assignments.add(new ShellCommand.Assignment(name, value));
    }

    void say(Word word) {
        words.add(word);
    }

    void redirect(String operator, Word target, Optional<String> text) {
        redirects.add(new Bringing(operator, target, () -> text));
    }

    void redirect(String operator, Heredoc document) {
        redirects.add(new Bringing(operator, document.delimiter(), document::text));
    }

    void raw(String text) {
        raw = text;
    }

    List<Word> words() {
        return words;
    }

    boolean bare() {
        return assignments.isEmpty() && redirects.isEmpty();
    }

    boolean redirects() {
        return !redirects.isEmpty();
    }

    boolean empty() {
        return bare() && words.isEmpty();
    }

    ShellCommand command() {
        return new ShellCommand(
                assignments, words, redirects.stream().map(Bringing::redirect).toList(), raw);
    }

    private record Bringing(String operator, Word target, Supplier<Optional<String>> text) {
        Redirect redirect() {
            return new Redirect(operator, target, text.get());
        }
    }
}
