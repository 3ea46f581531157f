package dev.belay.policies.commands;

import dev.belay.policies.shell.Redirect;
import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Shells inside a line: what they are given to run as text, as a file, or by their standard input. */
final class Shells {
    private static final Set<String> NAMES = Set.of(
            "sh", "bash", "dash", "zsh", "ksh", "ksh93", "mksh", "pdksh", "ash", "yash", "posh", "rbash", "rksh",
            "rzsh", "fish", "csh", "tcsh");

    private static final Set<String> WITH_VALUE =
            Set.of("--rcfile", "--init-file", "-o", "+o", "-O", "+O", "--init-command", "-C");

    private static final Set<String> SAYS_SOMETHING = Set.of("--version", "--help", "-version", "-help");

    private Shells() {}

    static boolean is(String name) {
        return NAMES.contains(name);
    }

    static List<Inner> inside(ShellCommand shell) {
        List<Word> words = shell.words();
        boolean text = false;
        boolean input = false;
        int at = 1;
        while (at < words.size()) {
            String option = OpenWord.beginning(words.get(at));
            if (SAYS_SOMETHING.contains(option)) {
                return List.of();
            }
            if (option.startsWith("--command=")) {
                return List.of(new Inner.Text(option.substring(10)));
            }
            if (option.equals("--") || option.equals("-")) {
                at++;
                break;
            }
            if (!option.startsWith("-") && !option.startsWith("+")) {
                break;
            }
            boolean cluster = option.startsWith("-") && !option.startsWith("--");
            text |= (cluster && option.indexOf('c') > 0) || option.equals("--command");
            input |= cluster && option.indexOf('s') > 0;
            boolean value = WITH_VALUE.contains(option) || (cluster && (option.endsWith("o") || option.endsWith("O")));
            at += value ? 2 : 1;
        }
        if (text) {
            return at < words.size()
                    ? List.of(Inner.text(words.get(at)))
                    : List.of(new Inner.Unclear("a shell is given no text to run"));
        }
        if (at >= words.size() || input) {
            return List.of(standardInput(shell));
        }
        return file(shell, at);
    }

    /** {@code source} and {@code .}. */
    static List<Inner> sourced(ShellCommand command) {
        return command.words().size() < 2 ? List.of() : file(command, 1);
    }

    /** A script is a command by its own path: a rule on {@code ./deploy.sh} is one on {@code bash deploy.sh}. */
    private static List<Inner> file(ShellCommand command, int at) {
        List<Word> words = command.words();
        Word file = words.get(at);
        String path = OpenWord.beginning(file);
        if (path.startsWith("/dev/") || path.startsWith("/proc/")) {
            return List.of(standardInput(command));
        }
        if (file.literal().isEmpty() && (file.raw().contains("<(") || file.raw().contains("=("))) {
            return List.of(new Inner.Unclear("a shell runs what " + file.raw() + " prints"));
        }
        if (file.literal().isEmpty()) {
            return List.of();
        }
        List<Word> script = new ArrayList<>(words.subList(at, words.size()));
        return List.of(Inner.command(command, script));
    }

    private static Inner standardInput(ShellCommand command) {
        Optional<String> said = Optional.empty();
        for (Redirect redirect : command.redirects()) {
            if (redirect.operator().startsWith("<")) {
                said = redirect.operator().startsWith("<<") ? redirect.text() : Optional.empty();
            }
        }
        return said.<Inner>map(Inner.Text::new)
                .orElseGet(
                        () -> new Inner.Unclear("a shell runs what it is sent, and that is known only when it runs"));
    }
}
