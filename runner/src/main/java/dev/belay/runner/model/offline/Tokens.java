package dev.belay.runner.model.offline;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/** Counts tokens, and remembers what a cache would: what it was asked before, as far as it is bounded. */
public final class Tokens {
    private static final int CHARACTERS = 4;
    private static final int MOST_PROMPTS = 1_000;
    private static final long MOST_CHARACTERS = 32L << 20;

    private final Deque<Remembered> remembered = new ArrayDeque<>();
    private long characters;

    /** Four characters are a token, and so is what is left over. */
    public static long of(long characters) {
        return (characters + CHARACTERS - 1) / CHARACTERS;
    }

    /**
     * @param in all tokens of the prompt
     * @param read of {@code in}: were in a prompt before
     * @param written of {@code in}: were not, and may be read the next time
     */
    record Usage(long in, long read, long written) {}

    private static final class Remembered {
        private final String model;
        private final char[] text;

        Remembered(String model, char[] text) {
            this.model = model;
            this.text = text;
        }
    }

    /** @param model what one model was told, another has not read */
    synchronized Usage usage(String model, Prompt prompt) {
        char[] text = prompt.text().toCharArray();
        int common = 0;
        for (Iterator<Remembered> each = remembered.iterator(); each.hasNext(); ) {
            Remembered before = each.next();
            if (!before.model.equals(model)) {
                continue;
            }
            int mismatch = Arrays.mismatch(before.text, text);
            int same = mismatch < 0 ? text.length : mismatch;
            common = Math.max(common, same);
            if (same == before.text.length) {
                // What follows is remembered with the new one.
                each.remove();
                characters -= same;
            }
        }
        remember(new Remembered(model, text));
        long read = of(Math.min(common, prompt.cacheable()));
        return new Usage(of(text.length), read, Math.max(0, of(prompt.cacheable()) - read));
    }

    private void remember(Remembered prompt) {
        remembered.addLast(prompt);
        characters += prompt.text.length;
        while (remembered.size() > MOST_PROMPTS || (characters > MOST_CHARACTERS && remembered.size() > 1)) {
            characters -= remembered.removeFirst().text.length;
        }
    }
}
