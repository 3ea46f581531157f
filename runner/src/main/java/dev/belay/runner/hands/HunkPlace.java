package dev.belay.runner.hands;

import dev.belay.runner.hands.Patch.Hunk;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Where a hunk belongs in a file: the one place at which its lines stand. Two such places are as wrong as none.
 *
 * @param hunk as it matched
 * @param at the line, from 0, of its first one
 */
record HunkPlace(Hunk hunk, int at) {
    private static final List<BiPredicate<String, String>> AS_WRITTEN_THEN_WITHOUT_BLANKS_AT_THE_END =
            List.of(String::equals, (one, other) -> one.stripTrailing().equals(other.stripTrailing()));

    /** An anchor is often shortened, and without the blanks before it. */
    private static final List<BiPredicate<String, String>> ANCHORS = List.of(
            String::equals,
            (line, anchor) -> line.strip().equals(anchor),
            (line, anchor) -> line.strip().startsWith(anchor));

    /** Of comparisons, so that a file made for it cannot keep the runner busy. */
    private static final long PATIENCE = 100_000_000L;

    private static final int NAMED = 10;
    private static final int EXCERPT = 12;

    /**
     * @param from the line after the hunk before it
     * @throws BadCallException when it is nowhere, or in several places; the message begins after the hunk's name
     */
    static HunkPlace find(List<String> file, Hunk hunk, int from) throws BadCallException {
        Hunk bare = hunk.withoutTail();
        if (bare.before().isEmpty()) {
            return new HunkPlace(bare, insertion(file, bare, from));
        }
        for (BiPredicate<String, String> same : AS_WRITTEN_THEN_WITHOUT_BLANKS_AT_THE_END) {
            for (Hunk variant : hunk.bareTail() > 0 ? List.of(hunk, hunk.withoutTail()) : List.of(hunk)) {
                List<Integer> places = places(file, variant, from, same);
                if (!places.isEmpty()) {
                    return new HunkPlace(variant, only(file, variant, places));
                }
            }
        }
        throw new BadCallException(nowhere(file, hunk));
    }

    private static int insertion(List<String> file, Hunk hunk, int from) throws BadCallException {
        if (hunk.atEnd() || file.isEmpty()) {
            return file.size();
        }
        if (hunk.anchors().isEmpty()) {
            throw new BadCallException(
                    "only adds, and does not say where: give lines of the file around it, or a line above it after @@");
        }
        List<Integer> anchors = anchors(file, hunk.anchors()).stream()
                .map(anchor -> anchor + 1)
                .filter(place -> place >= from)
                .toList();
        if (anchors.size() != 1) {
            throw new BadCallException("only adds, and the line after @@ is %s"
                    .formatted(anchors.isEmpty() ? "above the hunk before it" : "at lines " + lines(anchors, 0)));
        }
        return anchors.getFirst();
    }

    private static int only(List<String> file, Hunk hunk, List<Integer> places) throws BadCallException {
        TreeSet<Integer> meant = new TreeSet<>(places);
        if (!hunk.anchors().isEmpty()) {
            TreeSet<Integer> below = new TreeSet<>();
            for (int anchor : anchors(file, hunk.anchors())) {
                Integer place = meant.ceiling(anchor);
                if (place != null) {
                    below.add(place);
                }
            }
            if (below.isEmpty()) {
                throw new BadCallException("stands at line %s, and not below \"%s\""
                        .formatted(
                                lines(places, 1), FileLines.shown(hunk.anchors().getLast())));
            }
            meant = below;
        }
        if (meant.size() > 1) {
            throw new BadCallException(
                    "fits %s (lines %s). Give more of the lines around it, or a line above it after @@"
                            .formatted(meant.size() + " places", lines(List.copyOf(meant), 1)));
        }
        return meant.first();
    }

    /** The lines that the anchors end at, the outermost of them being anywhere. */
    private static List<Integer> anchors(List<String> file, List<String> anchors) throws BadCallException {
        TreeSet<Integer> ends = new TreeSet<>(anchor(file, anchors.getFirst()));
        for (String inner : anchors.subList(1, anchors.size())) {
            TreeSet<Integer> all = new TreeSet<>(anchor(file, inner));
            TreeSet<Integer> below = new TreeSet<>();
            for (int outer : ends) {
                Integer next = all.higher(outer);
                if (next != null) {
                    below.add(next);
                }
            }
            if (below.isEmpty()) {
                throw new BadCallException("is to stand below \"%s\", which is not below the line before it"
                        .formatted(FileLines.shown(inner)));
            }
            ends = below;
        }
        return List.copyOf(ends);
    }

    private static List<Integer> anchor(List<String> file, String anchor) throws BadCallException {
        for (BiPredicate<String, String> same : ANCHORS) {
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < file.size(); i++) {
                if (same.test(file.get(i), anchor)) {
                    found.add(i);
                }
            }
            if (!found.isEmpty()) {
                return found;
            }
        }
        throw new BadCallException(
                "is to stand below \"%s\", and no line of the file is that".formatted(FileLines.shown(anchor)));
    }

    private static List<Integer> places(List<String> file, Hunk hunk, int from, BiPredicate<String, String> same)
            throws BadCallException {
        List<String> before = hunk.before();
        List<Integer> places = new ArrayList<>();
        long compared = 0;
        int last = file.size() - before.size();
        for (int at = hunk.atEnd() ? Math.max(from, last) : from; at <= last; at++) {
            int equal = 0;
            while (equal < before.size() && same.test(file.get(at + equal), before.get(equal))) {
                equal++;
            }
            if (equal == before.size()) {
                places.add(at);
            }
            compared += equal;
            if (compared > PATIENCE) {
                throw new BadCallException("is too much like too many lines of the file to be searched for");
            }
        }
        return places;
    }

    private static String nowhere(List<String> file, Hunk hunk) throws BadCallException {
        List<Integer> above = places(file, hunk, 0, AS_WRITTEN_THEN_WITHOUT_BLANKS_AT_THE_END.getLast());
        if (!above.isEmpty()) {
            return "stands at line %s, above the end of the hunk before it: hunks come in the order of the file"
                    .formatted(lines(above, 1));
        }
        if (hunk.atEnd()) {
            Hunk anywhere = new Hunk(hunk.anchors(), hunk.lines(), hunk.bareTail(), false);
            List<Integer> inside = places(file, anywhere, 0, AS_WRITTEN_THEN_WITHOUT_BLANKS_AT_THE_END.getLast());
            if (!inside.isEmpty()) {
                return "stands at line %s, and not at the end of the file".formatted(lines(inside, 1));
            }
        }
        return "is not in the file. " + nearest(file, hunk.before());
    }

    /** What the file has where most of the wanted lines stand in their order. */
    private static String nearest(List<String> file, List<String> before) {
        if (file.isEmpty()) {
            return "The file is empty.";
        }
        int best = 0;
        int most = 0;
        if ((long) file.size() * before.size() <= PATIENCE) {
            for (int at = 0; at < file.size(); at++) {
                int alike = 0;
                for (int i = 0; i < before.size() && at + i < file.size(); i++) {
                    boolean blank = before.get(i).isBlank();
                    alike += !blank
                                    && file.get(at + i)
                                            .strip()
                                            .equals(before.get(i).strip())
                            ? 1
                            : 0;
                }
                if (alike > most) {
                    most = alike;
                    best = at;
                }
            }
        }
        if (most == 0) {
            return "None of its lines is there where the others could be; its first is \"%s\". Read shows what is there now."
                    .formatted(FileLines.shown(before.getFirst()));
        }
        int differs = 0;
        while (differs < before.size() - 1
                && best + differs < file.size()
                && file.get(best + differs)
                        .stripTrailing()
                        .equals(before.get(differs).stripTrailing())) {
            differs++;
        }
        int first = Math.max(best, best + differs - EXCERPT / 2);
        boolean shifted = best + differs < file.size()
                && file.get(best + differs).strip().equals(before.get(differs).strip());
        StringBuilder there = new StringBuilder("Its line \"%s\" %s. The file has:\n"
                .formatted(
                        FileLines.shown(before.get(differs)),
                        shifted ? "begins with other blanks there" : "is not so there"));
        for (int i = first; i < Math.min(file.size(), Math.min(best + before.size(), first + EXCERPT)); i++) {
            String line = PlainText.reveal(SandboxPath.decode(FileLines.bytes(file.get(i))));
            there.append("%6d\t%s\n".formatted(i + 1, line.substring(0, Math.min(line.length(), 200))));
        }
        return there.toString();
    }

    private static String lines(List<Integer> places, int plus) {
        List<String> named = places.stream()
                .limit(NAMED)
                .map(place -> Integer.toString(place + plus))
                .toList();
        return String.join(", ", named) + (places.size() > NAMED ? ", …" : "");
    }
}
