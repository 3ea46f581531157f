package dev.belay.policies;

import dev.belay.proto.error.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tools that a task can be given, as people name them. One list for every client and every runner.
 *
 * <p>A tool that is another form of one of these has no name here: it goes with the one whose work it does.
 */
public enum ToolName {
    BASH("Bash"),
    READ("Read"),
    EDIT("Edit"),
    WRITE("Write"),
    GLOB("Glob"),
    GREP("Grep");

    private final String word;

    ToolName(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** In any letter case, because models are understood so, too: who forbids {@code bash} means it. */
    public static Optional<ToolName> named(String word) {
        return Arrays.stream(values())
                .filter(tool -> tool.word.equalsIgnoreCase(word.strip()))
                .findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(ToolName::word).toList();
    }

    /** For the message about a tool that does not exist. */
    public static String hint(String word) {
        return Nearest.hint(word, words());
    }
}
