package dev.belay.policies.files;

import dev.belay.policies.delivery.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One name of a path pattern. {@link #DEPTH} stands for any number of names. */
final class NameGlob {
    /** Has no pieces, which no name that was written has. */
    static final NameGlob DEPTH = new NameGlob(List.of());

    private final List<Piece> pieces;
    /** The letters before the first wildcard, and all where there is none. They tell most names from it, so they come first. */
    private final int[] head;
    /** From the first wildcard to the last. */
    private final Piece[] middle;

    private final int[] tail;

    NameGlob(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
        int from = 0;
        int to = pieces.size();
        while (from < to && pieces.get(from) instanceof Piece.Letter) {
            from++;
        }
        while (to > from && pieces.get(to - 1) instanceof Piece.Letter) {
            to--;
        }
        head = marks(pieces.subList(0, from));
        middle = pieces.subList(from, to).toArray(Piece[]::new);
        tail = marks(pieces.subList(to, pieces.size()));
    }

    boolean isDepth() {
        return pieces.isEmpty();
    }

    boolean wild() {
        return middle.length > 0;
    }

    /** As {@link Names} folds the paths that it is laid on; the end of a name is folded where it was written out. */
    NameGlob folded() {
        if (isDepth()) {
            return this;
        }
        List<Piece> all = new ArrayList<>();
        if (!wild()) {
            letters(Names.folded(text()).getFirst(), all);
            return new NameGlob(all);
        }
        List<Piece> run = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Letter) {
                run.add(piece);
                continue;
            }
            letters(Names.letters(text(run)), all);
            run.clear();
            all.add(piece instanceof Piece.OneOf one ? new Piece.OneOf(one.ranges(), one.negated(), true) : piece);
        }
        letters(Names.letters(text(run)), all);
        return new NameGlob(all);
    }

    /** Empty when it has wildcards. */
    String text() {
        return wild() ? "" : text(pieces);
    }

    private static String text(List<Piece> letters) {
        StringBuilder text = new StringBuilder();
        letters.forEach(letter -> text.appendCodePoint(letter.mark()));
        return text.toString();
    }

    private static void letters(String text, List<Piece> into) {
        text.codePoints().mapToObj(Piece.Letter::new).forEach(into::add);
    }

    /** Itself, as something that another pattern is laid on. */
    int[] marks() {
        return isDepth() ? new int[] {Piece.SOME_DEPTH} : marks(pieces);
    }

    private static int[] marks(List<Piece> pieces) {
        return pieces.stream().mapToInt(Piece::mark).toArray();
    }

    boolean matches(int[] name) {
        int end = name.length - tail.length;
        return end >= head.length && has(name, 0, head) && has(name, end, tail) && matches(name, head.length, end);
    }

    private static boolean has(int[] name, int from, int[] letters) {
        for (int at = 0; at < letters.length; at++) {
            if (name[from + at] != letters[at]) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(int[] name, int from, int end) {
        int piece = 0;
        int at = from;
        int lastRun = -1;
        int runUntil = from;
        while (at < end) {
            if (piece < middle.length && middle[piece] instanceof Piece.Run) {
                lastRun = piece++;
                runUntil = at;
            } else if (piece < middle.length && middle[piece].takes(name[at])) {
                piece++;
                at++;
            } else if (lastRun >= 0 && middle[lastRun].takes(name[runUntil])) {
                piece = lastRun + 1;
                at = ++runUntil;
            } else {
                return false;
            }
        }
        while (piece < middle.length && middle[piece] instanceof Piece.Run) {
            piece++;
        }
        return piece == middle.length;
    }

    @Override
    public String toString() {
        return isDepth() ? "**" : pieces.stream().map(Piece::toString).collect(Collectors.joining());
    }
}
