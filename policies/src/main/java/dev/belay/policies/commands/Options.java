package dev.belay.policies.commands;

import dev.belay.policies.shell.Word;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The options that a program takes before what it works on.
 *
 * @param values those that the next word belongs to
 * @param flags those that stand alone
 */
record Options(Set<String> values, Set<String> flags) {
    static final Options NONE = new Options(Set.of(), Set.of());

    /** More readings than these are no reading. */
    static final int MOST_ENDS = 8;

    static Options of(String values, String flags) {
        return new Options(Set.copyOf(List.of(values.split(" "))), Set.copyOf(List.of(flags.split(" "))));
    }

    /** Where the options may end. An option that is not known may or may not have a value: both readings count. */
    SortedSet<Integer> ends(List<Word> words, int from) {
        SortedSet<Integer> ends = new TreeSet<>();
        TreeSet<Integer> open = new TreeSet<>(Set.of(from));
        while (!open.isEmpty() && ends.size() <= MOST_ENDS) {
            int at = open.removeFirst();
            String word = at < words.size() ? OpenWord.beginning(words.get(at)) : "";
            if (word.equals("--")) {
                ends.add(at + 1);
            } else if (!word.startsWith("-")) {
                ends.add(Math.min(at, words.size()));
            } else {
                Taken taken = taken(word);
                if (taken != Taken.NEXT) {
                    open.add(at + 1);
                }
                if (taken != Taken.ITSELF) {
                    open.add(at + 2);
                }
            }
        }
        return ends;
    }

    private enum Taken {
        ITSELF,
        NEXT,
        UNKNOWN
    }

    private Taken taken(String word) {
        if (values.contains(word)) {
            return Taken.NEXT;
        }
        if (flags.contains(word) || word.contains("=") || word.equals("-")) {
            return Taken.ITSELF;
        }
        return word.startsWith("--") ? Taken.UNKNOWN : takenByLetters(word);
    }

    /** {@code -abc} is {@code -a -b -c}, up to one that takes a value: the rest of the word, or the next. */
    private Taken takenByLetters(String word) {
        for (int i = 1; i < word.length(); i++) {
            String letter = "-" + word.charAt(i);
            if (values.contains(letter)) {
                return i == word.length() - 1 ? Taken.NEXT : Taken.ITSELF;
            }
            if (!flags.contains(letter) && !Character.isDigit(word.charAt(i))) {
                return Taken.UNKNOWN;
            }
        }
        return Taken.ITSELF;
    }
}
