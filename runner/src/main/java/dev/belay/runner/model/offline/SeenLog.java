package dev.belay.runner.model.offline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** The last requests in the order of their arrival. The newest is always kept. */
final class SeenLog {
    static final int MOST = 10_000;
    private static final long MOST_CHARACTERS = 128L << 20;

    private final Deque<Seen> all = new ArrayDeque<>();
    private final Consumer<Seen> witness;
    private long characters;

    /** @param witness is told of each, in the same order */
    SeenLog(Consumer<Seen> witness) {
        this.witness = witness;
    }

    synchronized void add(Seen seen) {
        all.addLast(seen);
        characters += seen.body().length();
        while (all.size() > MOST || (characters > MOST_CHARACTERS && all.size() > 1)) {
            characters -= all.removeFirst().body().length();
        }
        witness.accept(seen);
    }

    synchronized List<Seen> all() {
        return List.copyOf(all);
    }
}
