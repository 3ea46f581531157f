package dev.belay.policies.commands;

import dev.belay.policies.shell.Word;
import java.util.Optional;

/** A word that becomes something only when the line is run, and what is certain about it all the same. */
final class OpenWord {
    private static final String SPECIAL = "$`*?[]{}\\'~()<>!";

    /** Stands for the arguments that a command is given by another one. */
    static final Word ANYTHING = new Word("$@", Optional.empty());

    private OpenWord() {}

    static boolean couldBe(Word word, String text) {
        String end = end(word.raw());
        return text.length() >= end.length() && text.startsWith(beginning(word)) && text.endsWith(end);
    }

    /** Without quotes a shell splits what an expansion brings. */
    static boolean couldBeSeveral(Word word) {
        String raw = word.raw();
        return !raw.startsWith("\"") || raw.contains("@");
    }

    /** The characters that it begins with, whatever the rest becomes. */
    static String beginning(Word word) {
        if (word.literal().isPresent()) {
            return word.literal().get();
        }
        StringBuilder plain = new StringBuilder();
        for (char c : word.raw().toCharArray()) {
            if (SPECIAL.indexOf(c) >= 0) {
                break;
            }
            if (c != '"') {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static String end(String raw) {
        int from = raw.length();
        while (from > 0 && isPlain(raw.charAt(from - 1))) {
            from--;
        }
        // The letters behind a dollar are a variable's name.
        boolean afterVariable = from > 0 && raw.charAt(from - 1) == '$';
        if (afterVariable && from < raw.length() && !Variables.isNamePart(raw.charAt(from))) {
            return raw.substring(from + 1);
        }
        while (afterVariable && from < raw.length() && Variables.isNamePart(raw.charAt(from))) {
            from++;
        }
        return raw.substring(from);
    }

    private static boolean isPlain(char c) {
        return SPECIAL.indexOf(c) < 0 && c != '"';
    }
}
