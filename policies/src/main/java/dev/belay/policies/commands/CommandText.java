package dev.belay.policies.commands;

import dev.belay.policies.shell.OneWord;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The one way that a command is written in before patterns are compared with it. */
final class CommandText {
    private static final String PLAIN = "_@%+=:,./-^";

    private CommandText() {}

    /** Words with blanks or with what means something to a shell are quoted; what is not certain stands as written. */
    static String canonical(List<Word> words) {
        StringBuilder text = new StringBuilder();
        for (Word word : words) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            text.append(word.literal().map(CommandText::quoted).orElse(word.raw()));
        }
        return text.toString();
    }

    /** Without quotes: nobody writes a rule on an address with those that a question mark in it would need. */
    static String plain(List<Word> words) {
        StringBuilder text = new StringBuilder();
        for (Word word : words) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            text.append(word.literal().orElse(word.raw()));
        }
        return text.toString();
    }

    static String quoted(String word) {
        boolean plain = !word.isEmpty();
        for (int i = 0; i < word.length() && plain; i++) {
            char c = word.charAt(i);
            plain = Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0;
        }
        return plain ? word : OneWord.quoted(word);
    }

    /** What is run, where that is certain: a home folder in front does not change which program it is. */
    static Optional<String> name(Word first) {
        if (first.literal().isPresent()) {
            return first.literal();
        }
        String raw = first.raw();
        return raw.startsWith("~/") && quoted(raw.substring(1)).equals(raw.substring(1))
                ? Optional.of(raw)
                : Optional.empty();
    }

    static String bareName(String name) {
        return name.endsWith("/") ? name : name.substring(name.lastIndexOf('/') + 1);
    }

    static Word literal(String text) {
        return new Word(quoted(text), Optional.of(text));
    }

    /** The words with another name in front. */
    static List<Word> named(String name, List<Word> arguments) {
        List<Word> words = new ArrayList<>(arguments.size() + 1);
        words.add(literal(name));
        words.addAll(arguments);
        return words;
    }
}
