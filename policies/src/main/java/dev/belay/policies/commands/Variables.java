package dev.belay.policies.commands;

import dev.belay.policies.shell.Word;
import java.util.Optional;
import java.util.Set;

/**
 * Variables that change which programs run, or what they do besides what their command line says. Where a language finds
 * its own libraries is not among them: what a program reads and starts no rule on commands sees.
 */
final class Variables {
    private static final Set<String> LOADED = Set.of(
            "PATH",
            "BASH_ENV",
            "ENV",
            "SHELLOPTS",
            "BASHOPTS",
            "PS4",
            "PROMPT_COMMAND",
            "IFS",
            "ZDOTDIR",
            "NODE_OPTIONS",
            "PYTHONSTARTUP",
            "PERL5OPT",
            "RUBYOPT",
            "BROWSER",
            "SSH_ASKPASS");

    /** They name a program that others run; these values run nothing worth asking about. */
    private static final Set<String> PROGRAMS =
            Set.of("GIT_PAGER", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "PAGER", "MANPAGER", "EDITOR", "VISUAL");

    private static final Set<String> IDLE = Set.of("cat", "true", ":", "", "/bin/true", "less", "vi", "vim", "nano");

    private Variables() {}

    static boolean isNamePart(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Of {@code NAME=value} or {@code NAME+=value}; empty where the text is none. */
    static String name(String assignment) {
        int end = 0;
        while (end < assignment.length() && isNamePart(assignment.charAt(end))) {
            end++;
        }
        boolean assigns = assignment.startsWith("=", end) || assignment.startsWith("+=", end);
        boolean named = end > 0 && !Character.isDigit(assignment.charAt(0));
        return assigns && named ? assignment.substring(0, end) : "";
    }

    /** Whether {@code NAME=value} in one word does; it is empty where the word assigns nothing. */
    static Optional<Boolean> changeWhatRuns(Word assignment) {
        String known = OpenWord.beginning(assignment);
        String name = name(known);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> value = assignment.literal().map(text -> text.substring(text.indexOf('=') + 1));
        return Optional.of(changesWhatRuns(name, value));
    }

    static boolean changesWhatRuns(String name, Optional<String> value) {
        if (PROGRAMS.contains(name)) {
            return !value.map(IDLE::contains).orElse(false);
        }
        if (name.startsWith("GIT_")) {
            return !name.startsWith("GIT_AUTHOR_")
                    && !name.startsWith("GIT_COMMITTER_")
                    && !name.equals("GIT_TERMINAL_PROMPT");
        }
        return LOADED.contains(name) || name.startsWith("LD_") || name.startsWith("BASH_FUNC_");
    }
}
