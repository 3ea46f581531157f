package dev.belay.policies.shell;

import java.util.List;

/**
 * A simple command.
 *
 * @param words the name and its arguments; empty where there are assignments or redirections alone
 * @param raw as it stands in the line
 */
public record ShellCommand(List<Assignment> assignments, List<Word> words, List<Redirect> redirects, String raw) {
    public ShellCommand {
        assignments = List.copyOf(assignments);
        words = List.copyOf(words);
        redirects = List.copyOf(redirects);
    }

    /** {@code NAME=value} before the name, also of an array's element. */
    public record Assignment(String name, Word value) {}
}
