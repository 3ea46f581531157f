package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.List;

/** What a command makes run besides itself. */
sealed interface Inner {
    /** Another command. */
    record Command(ShellCommand command) implements Inner {}

    /**
     * The same command, as a rule on it would be written.
     *
     * @param plainest nothing further is to be found in it
     */
    record Plainer(ShellCommand command, boolean plainest) implements Inner {}

    /** A line that a shell reads. */
    record Text(String line) implements Inner {}

    /** From here on the name means something else. */
    record Named(String name) implements Inner {}

    /** @param why half a sentence that says what is not certain */
    record Unclear(String why) implements Inner {}

    /** The words in place of those of the command, with its redirections: they are inherited. */
    static Inner command(ShellCommand outer, List<Word> words) {
        return new Command(new ShellCommand(List.of(), words, outer.redirects(), outer.raw()));
    }

    static Inner plainer(ShellCommand said, List<Word> words) {
        return new Plainer(new ShellCommand(List.of(), words, said.redirects(), said.raw()), false);
    }

    static Inner plainest(ShellCommand said, List<Word> words) {
        return new Plainer(new ShellCommand(List.of(), words, said.redirects(), said.raw()), true);
    }

    /** A word that a shell reads as a line. */
    static Inner text(Word word) {
        return word.literal()
                .<Inner>map(Text::new)
                .orElseGet(() -> new Unclear("a shell runs " + word.raw() + ", which is known only when it runs"));
    }
}
