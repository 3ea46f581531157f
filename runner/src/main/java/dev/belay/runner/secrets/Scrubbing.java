package dev.belay.runner.secrets;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * One stream on its way through a {@link Scrubber}. What may be the beginning of a value is held back, and no more of it than
 * the longest spelling has. Where that alone is held back, whoever sees how much it is can guess a value letter by letter;
 * so it can be the same number of bytes whatever they are. Not thread-safe.
 */
public final class Scrubbing {
    private static final byte MASK = '*';

    private final Automaton automaton;
    private final int least;
    /** What is masked and may still touch what is held back: apart from each other, in the order of the stream. */
    private final Deque<Run> masked = new ArrayDeque<>();

    private int state = Automaton.START;
    private byte[] held = {};
    /** Of the first byte that was not given out yet, in the stream. */
    private long base;

    private record Run(long from, long to) {}

    /** @param least bytes that are held back in any case */
    Scrubbing(Automaton automaton, int least) {
        this.automaton = automaton;
        this.least = least;
    }

    /** What can be given out now: of these bytes and of what was held back. */
    public byte[] feed(byte[] bytes, int count) {
        byte[] all = Arrays.copyOf(held, held.length + count);
        System.arraycopy(bytes, 0, all, held.length, count);
        for (int at = held.length; at < all.length; at++) {
            state = automaton.next(state, all[at]);
            int length = automaton.longest(state);
            if (length > 0) {
                mask(all, base + at + 1 - length, base + at + 1);
            }
        }
        // What is one byte deeper than that is a whole value, and masked already.
        int ready = Math.max(all.length - (least > 0 ? least : automaton.depth(state)), 0);
        // Whatever else is found here, it is masked in the same way.
        while (least == 0 && ready < all.length && all[ready] == MASK) {
            ready++;
        }
        held = Arrays.copyOfRange(all, ready, all.length);
        given(ready);
        return ready == all.length ? all : Arrays.copyOf(all, ready);
    }

    /** All that is held back, whatever it may be the beginning of; the rest of a value is still masked when it comes. */
    public byte[] release() {
        byte[] all = held;
        held = new byte[0];
        given(all.length);
        return all;
    }

    private void given(int count) {
        base += count;
        while (!masked.isEmpty() && masked.getFirst().to() <= base) {
            masked.removeFirst();
        }
    }

    /** The rest: nothing comes that could complete it. Another stream may begin. */
    public byte[] end() {
        byte[] rest = held;
        held = new byte[0];
        base += rest.length;
        state = Automaton.START;
        masked.clear();
        return rest;
    }

    /** Each byte once, however many matches overlap: runs that the new one touches become part of it. */
    private void mask(byte[] all, long from, long to) {
        long start = from;
        long end = to;
        while (!masked.isEmpty() && masked.getLast().to() >= start) {
            Run run = masked.removeLast();
            fill(all, run.to(), end);
            end = run.from();
            start = Math.min(start, end);
        }
        fill(all, start, end);
        masked.addLast(new Run(start, to));
    }

    private void fill(byte[] all, long from, long to) {
        int first = (int) Math.max(from - base, 0);
        int end = (int) Math.max(to - base, 0);
        if (first < end) {
            Arrays.fill(all, first, end, MASK);
        }
    }
}
