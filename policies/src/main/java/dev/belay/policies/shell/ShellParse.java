package dev.belay.policies.shell;

import java.util.List;
import java.util.Set;

/** What a command line was found to be. */
public sealed interface ShellParse {
    /**
     * Every command that could run anywhere in the line is here, in the order of their places.
     *
     * @param functions names that the line defines as functions
     */
    record Parsed(List<ShellCommand> commands, Set<String> functions) implements ShellParse {
        public Parsed {
            commands = List.copyOf(commands);
            functions = Set.copyOf(functions);
        }
    }

    /**
     * It is not certain what a shell would run.
     *
     * @param why half a sentence
     * @param at the character, from 0
     */
    record Unparsable(String why, int at) implements ShellParse {}
}
