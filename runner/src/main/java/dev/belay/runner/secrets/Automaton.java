package dev.belay.runner.secrets;

import java.util.Collection;

/**
 * Finds many patterns at once (Aho and Corasick): its state is the longest end of what was read that one of them begins with.
 * A byte takes it to at most one more of depth, so all the steps back together are no more than the bytes.
 */
final class Automaton {
    static final int START = 0;
    private static final int NONE = 0;

    /** From the start, where almost all bytes lead back to it. */
    private final int[] first = new int[256];

    private final byte[] label;
    private final int[] child;
    private final int[] sibling;
    private final int[] shorter;
    private final int[] depth;
    private final int[] longest;
    private final int longestOfAll;
    private int states = 1;

    /** @param patterns none of them empty */
    Automaton(Collection<byte[]> patterns) {
        longestOfAll =
                patterns.stream().mapToInt(pattern -> pattern.length).max().orElse(0);
        int most = 1 + patterns.stream().mapToInt(pattern -> pattern.length).sum();
        label = new byte[most];
        child = new int[most];
        sibling = new int[most];
        shorter = new int[most];
        depth = new int[most];
        longest = new int[most];
        patterns.forEach(this::add);
        link();
    }

    int next(int state, byte letter) {
        int from = state;
        int to = to(from, letter);
        while (to == NONE && from != START) {
            from = shorter[from];
            to = to(from, letter);
        }
        return to;
    }

    /** How much of what was read last may yet become more. */
    int depth(int state) {
        return depth[state];
    }

    /** The length of the longest pattern that ends here; 0 for none. */
    int longest(int state) {
        return longest[state];
    }

    int longestOfAll() {
        return longestOfAll;
    }

    int states() {
        return states;
    }

    private int to(int state, byte letter) {
        if (state == START) {
            return first[letter & 0xff];
        }
        int to = child[state];
        while (to != NONE && label[to] != letter) {
            to = sibling[to];
        }
        return to;
    }

    private void add(byte[] pattern) {
        int state = START;
        for (byte letter : pattern) {
            int to = to(state, letter);
            state = to == NONE ? added(state, letter) : to;
        }
        longest[state] = pattern.length;
    }

    private int added(int state, byte letter) {
        int to = states++;
        label[to] = letter;
        depth[to] = depth[state] + 1;
        sibling[to] = child[state];
        child[state] = to;
        if (state == START) {
            first[letter & 0xff] = to;
        }
        return to;
    }

    /** By depth, so that each finds the shorter ones linked already. */
    private void link() {
        int[] queue = new int[states];
        int end = 1;
        for (int at = 0; at < end; at++) {
            int state = queue[at];
            for (int to = child[state]; to != NONE; to = sibling[to]) {
                shorter[to] = state == START ? START : next(shorter[state], label[to]);
                longest[to] = Math.max(longest[to], longest[shorter[to]]);
                queue[end++] = to;
            }
        }
    }
}
