package dev.belay.policies.files;

import java.util.ArrayList;
import java.util.List;

/**
 * A path pattern as the language says it is, matched the long way: every way is tried, and nothing is compared first. Only for text that {@link PathPattern} takes.
 */
final class PlainPattern {
    private static final List<Part> DEPTH = List.of();

    /** @param kind a letter is {@code l}, and the others are as they begin: {@code *}, {@code ?}, {@code [} */
    private record Part(char kind, int letter, boolean negated, List<int[]> ranges, boolean anyCase) {
        static Part letter(int point) {
            return new Part('l', point, false, List.of(), false);
        }

        boolean takes(int point) {
            return switch (kind) {
                case 'l' -> point == letter;
                case '[' ->
                    means(point)
                            || anyCase && (means(Character.toUpperCase(point)) || means(Character.toLowerCase(point)));
                default -> true;
            };
        }

        private boolean means(int point) {
            return ranges.stream().anyMatch(range -> range[0] <= point && point <= range[1]) != negated;
        }
    }

    private final List<List<Part>> permits;
    private final List<List<Part>> forbids;
    private final List<List<Part>> forbidsFolded;

    PlainPattern(String text) {
        boolean anchored = text.startsWith("/") || text.startsWith("./") || text.equals(".");
        boolean below = text.endsWith("/") || text.equals(".");
        List<List<Part>> names = new ArrayList<>();
        for (String name : text.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name.equals("**") ? DEPTH : parts(name));
            }
        }
        while (!names.isEmpty() && names.getLast() == DEPTH) {
            names.removeLast();
            below = true;
        }
        boolean single = names.size() == 1 && !anchored;
        boolean wild = !names.isEmpty() && wild(names.getLast());
        permits = around(names, single && wild && !below, below || !wild);
        forbids = around(names, single, true);
        forbidsFolded = forbids.stream().map(PlainPattern::folded).toList();
    }

    private static List<List<Part>> around(List<List<Part>> names, boolean anywhere, boolean below) {
        List<List<Part>> all = new ArrayList<>(names);
        if (anywhere) {
            all.addFirst(DEPTH);
        }
        if (below) {
            all.addLast(DEPTH);
        }
        return all;
    }

    private static boolean wild(List<Part> name) {
        return name.stream().anyMatch(part -> part.kind() != 'l');
    }

    private static List<Part> parts(String name) {
        int[] points = name.codePoints().toArray();
        List<Part> parts = new ArrayList<>();
        for (int at = 0; at < points.length; at++) {
            switch (points[at]) {
                case '*', '?' -> parts.add(new Part((char) points[at], 0, false, List.of(), false));
                case '[' -> {
                    boolean negated = points[at + 1] == '!' || points[at + 1] == '^';
                    int from = negated ? at + 2 : at + 1;
                    int close = from + 1;
                    while (points[close] != ']') {
                        close++;
                    }
                    parts.add(oneOf(points, from, close, negated));
                    at = close;
                }
                default -> parts.add(Part.letter(points[at]));
            }
        }
        return parts;
    }

    private static Part oneOf(int[] points, int from, int close, boolean negated) {
        List<int[]> ranges = new ArrayList<>();
        for (int at = from; at < close; at++) {
            boolean range = at + 2 < close && points[at + 1] == '-';
            ranges.add(new int[] {points[at], range ? points[at + 2] : points[at]});
            at += range ? 2 : 0;
        }
        int[] first = ranges.getFirst();
        return !negated && ranges.size() == 1 && first[0] == first[1]
                ? Part.letter(first[0])
                : new Part('[', 0, negated, ranges, false);
    }

    boolean permits(PlainPaths.Names path) {
        return matches(permits, path.written());
    }

    boolean forbids(PlainPaths.Names path) {
        return matches(forbidsFolded, path.folded()) || matches(forbids, path.written());
    }

    private static List<Part> folded(List<Part> name) {
        if (name == DEPTH) {
            return name;
        }
        if (!wild(name)) {
            return letters(PlainPaths.folded(text(name)).getFirst());
        }
        List<Part> all = new ArrayList<>();
        List<Part> run = new ArrayList<>();
        for (Part part : name) {
            if (part.kind() == 'l') {
                run.add(part);
            } else {
                all.addAll(letters(PlainPaths.letters(text(run))));
                run.clear();
                all.add(new Part(part.kind(), 0, part.negated(), part.ranges(), true));
            }
        }
        all.addAll(letters(PlainPaths.letters(text(run))));
        return all;
    }

    private static String text(List<Part> letters) {
        StringBuilder text = new StringBuilder();
        letters.forEach(part -> text.appendCodePoint(part.letter()));
        return text.toString();
    }

    private static List<Part> letters(String text) {
        return text.codePoints().mapToObj(Part::letter).toList();
    }

    private static boolean matches(List<List<Part>> globs, List<String> names) {
        if (globs.isEmpty() || names.isEmpty()) {
            return names.isEmpty() && globs.stream().allMatch(glob -> glob == DEPTH);
        }
        List<List<Part>> rest = globs.subList(1, globs.size());
        List<String> below = names.subList(1, names.size());
        return globs.getFirst() == DEPTH
                ? matches(rest, names) || matches(globs, below)
                : taken(globs.getFirst(), names.getFirst().codePoints().boxed().toList()) && matches(rest, below);
    }

    private static boolean taken(List<Part> parts, List<Integer> name) {
        if (parts.isEmpty()) {
            return name.isEmpty();
        }
        List<Part> rest = parts.subList(1, parts.size());
        if (parts.getFirst().kind() == '*') {
            return taken(rest, name) || !name.isEmpty() && taken(parts, name.subList(1, name.size()));
        }
        return !name.isEmpty() && parts.getFirst().takes(name.getFirst()) && taken(rest, name.subList(1, name.size()));
    }
}
