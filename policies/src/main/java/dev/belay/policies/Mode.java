package dev.belay.policies;

import dev.belay.proto.error.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an agent may do without asking a person. */
public enum Mode {
    /** Asks before anything that changes. */
    APPROVE,
    /** Edits pass, commands ask. */
    EDITS,
    /** Nothing is asked inside the sandbox; a classifier judges what leaves it or destroys work. */
    AUTO,
    /** No questions; the policy still holds. */
    FULL;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Mode> named(String word) {
        return Arrays.stream(values()).filter(mode -> mode.word().equals(word)).findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(Mode::word).toList();
    }

    /** For the message about a mode that does not exist. */
    public static String hint(String word) {
        return Nearest.hint(word, words());
    }
}
