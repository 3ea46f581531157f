package dev.belay.policies.files;

import java.util.Arrays;
import java.util.List;

/** The names of a path in one way to write them: their characters, or {@linkplain Piece#mark() marks} of a pattern. */
final class Spelling {
    private final int[][] names;

    private Spelling(int[][] names) {
        this.names = names;
    }

    static Spelling of(List<String> names) {
        return new Spelling(names.stream().map(Spelling::points).toArray(int[][]::new));
    }

    static Spelling ofMarks(List<int[]> names) {
        return new Spelling(names.toArray(int[][]::new));
    }

    int size() {
        return names.length;
    }

    /** Not to be changed. */
    int[] name(int index) {
        return names[index];
    }

    private static int[] points(String name) {
        int[] points = new int[name.length()];
        int count = 0;
        for (int at = 0; at < name.length(); at += Character.charCount(points[count++])) {
            points[count] = name.codePointAt(at);
        }
        return count == points.length ? points : Arrays.copyOf(points, count);
    }
}
