package dev.belay.runner.secrets;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Overwrites values with asterisks, in every one of their {@link Spellings}; what it gives is as long as what it got. Built once
 * for a set of values, and then shared by all that looks for them.
 */
public final class Scrubber {
    /** Of no values: it changes nothing. */
    public static final Scrubber NONE = new Scrubber(Set.of());

    private final Set<String> values;
    private final Automaton automaton;

    private Scrubber(Set<String> values) {
        this.values = values;
        this.automaton = new Automaton(values.stream()
                .flatMap(value -> Spellings.of(new SecretValue(value)).stream())
                .toList());
    }

    public static Scrubber of(Collection<SecretValue> values) {
        return NONE.with(values);
    }

    /** It looks for nothing. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    public boolean covers(Collection<SecretValue> others) {
        return others.stream().allMatch(value -> values.contains(value.reveal()));
    }

    /** This one where it covers them already. */
    public Scrubber with(Collection<SecretValue> more) {
        if (covers(more)) {
            return this;
        }
        Set<String> all = new LinkedHashSet<>(values);
        more.forEach(value -> all.add(value.reveal()));
        return new Scrubber(all);
    }

    /** For one stream, to somebody who may know the values. */
    public Scrubbing begin() {
        return new Scrubbing(automaton, 0);
    }

    /** For one stream to somebody who would learn from what is held back: it is always as much. */
    public Scrubbing beginEvenly() {
        return new Scrubbing(automaton, Math.max(automaton.longestOfAll() - 1, 0));
    }

    /** All of a text; a masked letter that takes several bytes becomes as many asterisks. */
    public String scrub(String text) {
        return scrubbed(text, StandardCharsets.UTF_8);
    }

    /** All of a text that has one character for each byte. */
    public String scrubBytes(String bytes) {
        return scrubbed(bytes, StandardCharsets.ISO_8859_1);
    }

    private String scrubbed(String text, Charset charset) {
        if (isEmpty()) {
            return text;
        }
        byte[] before = text.getBytes(charset);
        byte[] after = scrub(before);
        return Arrays.equals(before, after) ? text : new String(after, charset);
    }

    public byte[] scrub(byte[] bytes) {
        Scrubbing scrubbing = begin();
        byte[] ready = scrubbing.feed(bytes, bytes.length);
        byte[] rest = scrubbing.end();
        byte[] all = Arrays.copyOf(ready, bytes.length);
        System.arraycopy(rest, 0, all, ready.length, rest.length);
        return all;
    }

    /** What it looks for is told to nobody. */
    @Override
    public String toString() {
        return "(a scrubber of " + values.size() + " secrets)";
    }
}
