package dev.belay.policies.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.language.PatternException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathGlobTest {
    /** A text that counts how often it is looked at. */
    private static final class Counted implements CharSequence {
        private final String text;
        private long looks;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            looks++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    @ParameterizedTest
    @CsvSource({
        "50, a, b",
        "50, aaab, a",
        "50, *a, b",
        "0, a, b",
    })
    void many_stars_in_one_segment_take_pattern_times_path_at_most(int stars, String piece, String end) {
        String glob = ("*" + piece).repeat(stars) + "*" + end;
        Counted path = new Counted("a".repeat(8 << 10));

        assertThat(PathGlob.matches(List.of(glob), List.of(path))).isFalse();
        assertThat(path.looks).isLessThan(2L * glob.length() * path.length());
    }

    @Test
    void many_stars_in_many_segments_take_pattern_times_path_at_most() {
        List<String> globs = new ArrayList<>();
        IntStream.range(0, 25).forEach(_ -> globs.addAll(List.of("**", "*a*b")));
        globs.add("never");
        List<Counted> path =
                IntStream.range(0, 2 << 10).mapToObj(_ -> new Counted("aab")).toList();

        assertThat(PathGlob.matches(globs, path)).isFalse();
        assertThat(path.stream().mapToLong(one -> one.looks).sum()).isLessThan(2L * 25 * 4 * (8 << 10));
    }

    /** What the stars mean, said as simply as it can be: whoever is the first takes nothing, or one and the rest again. */
    private static boolean plainly(List<String> globs, List<String> path) {
        if (globs.isEmpty()) {
            return path.isEmpty();
        }
        List<String> rest = globs.subList(1, globs.size());
        if (globs.getFirst().equals("**")) {
            return plainly(rest, path) || !path.isEmpty() && plainly(globs, path.subList(1, path.size()));
        }
        return !path.isEmpty()
                && path.getFirst().isEmpty() == globs.getFirst().isEmpty()
                && plainly(globs.getFirst(), path.getFirst())
                && plainly(rest, path.subList(1, path.size()));
    }

    private static boolean plainly(String glob, String segment) {
        if (glob.isEmpty()) {
            return segment.isEmpty();
        }
        if (glob.charAt(0) == '*') {
            return plainly(glob.substring(1), segment) || !segment.isEmpty() && plainly(glob, segment.substring(1));
        }
        return !segment.isEmpty()
                && glob.charAt(0) == segment.charAt(0)
                && plainly(glob.substring(1), segment.substring(1));
    }

    @Test
    void stars_mean_what_they_mean_when_they_are_tried_one_by_one() throws PatternException {
        Random random = new Random(23);
        String[] parts = {"a", "b", "*", "ab", "a*", "*b", "**", "a*b"};
        String[] names = {"a", "b", "ab", "aab", "ba", "abb"};
        int matched = 0;
        for (int round = 0; round < 30_000; round++) {
            String glob = random(random, parts);
            String path = random(random, names);
            boolean expected = plainly(segments(PathGlob.parse(glob).toString()), segments(path));
            matched += expected ? 1 : 0;

            assertThat(PathGlob.matches(segments(PathGlob.parse(glob).toString()), segments(path)))
                    .as(glob + " on " + path)
                    .isEqualTo(expected);
        }
        assertThat(matched).isBetween(2_000, 28_000);
    }

    private static String random(Random random, String[] parts) {
        StringBuilder path = new StringBuilder();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            path.append('/').append(parts[random.nextInt(parts.length)]);
        }
        return path.append(random.nextInt(5) == 0 ? "/" : "").toString();
    }

    /** Where one covers another, whatever the other permits, it forbids. */
    @Test
    void what_is_covered_is_forbidden() throws PatternException {
        Random random = new Random(29);
        String[] parts = {"a", "B", "*", "ab", "a*", "**", "a*b"};
        String[] names = {"a", "b", "ab", "aab", "B"};
        int covered = 0;
        for (int round = 0; round < 40_000; round++) {
            PathGlob prohibition = PathGlob.parse(random(random, parts));
            PathGlob permission = PathGlob.parse(random(random, parts));
            if (prohibition.covers(permission)
                    && RequestPath.of(random(random, names)) instanceof RequestPath.Plain path
                    && permission.permits(path)) {
                covered++;
                assertThat(prohibition.forbids(path))
                        .as("%s covers %s on %s", prohibition, permission, path)
                        .isTrue();
            }
        }
        assertThat(covered).isGreaterThan(200);
    }
}
