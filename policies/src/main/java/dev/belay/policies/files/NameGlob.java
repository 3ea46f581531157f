package dev.belay.policies.files;

import dev.belay.policies.delivery.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One name of a path pattern. {@link #DEPTH} stands for any number of names. */
record NameGlob(List<Piece> pieces) {
    /** Has no pieces, which no name that was written has. */
    static final NameGlob DEPTH = new NameGlob(List.of());

    boolean isDepth() {
        return pieces.isEmpty();
    }

    boolean wild() {
        return !pieces.stream().allMatch(Piece.Letter.class::isInstance);
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
        return isDepth()
                ? new int[] {Piece.SOME_DEPTH}
                : pieces.stream().mapToInt(Piece::mark).toArray();
    }

    boolean matches(int[] name) {
        int piece = 0;
        int at = 0;
        int lastRun = -1;
        int runUntil = 0;
        while (at < name.length) {
            if (piece < pieces.size() && pieces.get(piece) instanceof Piece.Run) {
                lastRun = piece++;
                runUntil = at;
            } else if (piece < pieces.size() && pieces.get(piece).takes(name[at])) {
                piece++;
                at++;
            } else if (lastRun >= 0 && pieces.get(lastRun).takes(name[runUntil])) {
                piece = lastRun + 1;
                at = ++runUntil;
            } else {
                return false;
            }
        }
        while (piece < pieces.size() && pieces.get(piece) instanceof Piece.Run) {
            piece++;
        }
        return piece == pieces.size();
    }

    /** Whether the names are those that the globs speak of, one by one. */
    static boolean matches(List<NameGlob> globs, List<int[]> names) {
        int glob = 0;
        int at = 0;
        int lastDepth = -1;
        int depthUntil = 0;
        while (at < names.size()) {
            if (glob < globs.size() && globs.get(glob).isDepth()) {
                lastDepth = glob++;
                depthUntil = at;
            } else if (glob < globs.size() && globs.get(glob).matches(names.get(at))) {
                glob++;
                at++;
            } else if (lastDepth >= 0) {
                glob = lastDepth + 1;
                at = ++depthUntil;
            } else {
                return false;
            }
        }
        while (glob < globs.size() && globs.get(glob).isDepth()) {
            glob++;
        }
        return glob == globs.size();
    }

    static String path(List<NameGlob> globs) {
        return globs.stream().map(NameGlob::toString).collect(Collectors.joining("/"));
    }

    @Override
    public String toString() {
        return isDepth() ? "**" : pieces.stream().map(Piece::toString).collect(Collectors.joining());
    }
}
