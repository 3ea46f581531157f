package dev.belay.policies.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
    @TestFactory
    Stream<DynamicTest> speaks_of_exactly_the_paths_that_the_table_says() {
        return Table.read("paths.txt", 4).stream()
                .map(row -> DynamicTest.dynamicTest("paths.txt:" + row.line() + " " + row.columns(), () -> {
                    PathPattern pattern = PathPattern.parse(row.column(0));
                    boolean forbids = ProjectPath.of(row.column(1)) instanceof ProjectPath.Inside inside
                            && pattern.forbids(inside);

                    assertThat(word(pattern.matches(row.column(1))))
                            .as("as a permission")
                            .isEqualTo(row.column(2));
                    assertThat(word(forbids)).as("as a prohibition").isEqualTo(row.column(3));
                }));
    }

    private static String word(boolean is) {
        return is ? "yes" : "no";
    }

    @TestFactory
    Stream<DynamicTest> refuses_what_says_nothing_definite() {
        return Table.read("bad-patterns.txt", 4).stream()
                .map(row -> DynamicTest.dynamicTest("bad-patterns.txt:" + row.line() + " " + row.columns(), () -> {
                    PatternException refusal =
                            catchThrowableOfType(PatternException.class, () -> PathPattern.parse(row.column(0)));

                    assertThat(refusal).isNotNull();
                    assertThat(refusal.at()).isEqualTo(Integer.parseInt(row.column(1)));
                    assertThat(refusal.getMessage()).startsWith(row.column(2));
                    assertThat(refusal.fix()).startsWith(row.column(3));
                }));
    }

    @Test
    void refuses_a_pattern_that_is_too_long() {
        PatternException refusal =
                catchThrowableOfType(PatternException.class, () -> PathPattern.parse("a".repeat(513)));

        assertThat(refusal.at()).isEqualTo(512);
        assertThat(refusal.getMessage())
                .contains("is longer than 512 characters")
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @CsvSource({
        "src, src/**, true",
        "src, ./src/main/*.java, true",
        "src/gen, src, false",
        "*.md, docs/*.md, true",
        "./*.md, docs/*.md, false",
        "?x, *x, false",
        "?x, [ab]x, true",
        "[ab]x, ?x, false",
        "*x, ?x, true",
        "src/*, src/**, false",
        "src/*, src/?, true",
        ".env, ./config/.env, true",
        ".ENV, .env, true",
        "**, a/**/b, true",
        "a/*/b, a/**/b, false",
        "a/**/b, a/*/b, true",
        "*, src/**, true"
    })
    void knows_what_of_another_it_leaves(String restricted, String allowed, boolean nothing) throws Exception {
        PathPattern wider = PathPattern.parse(restricted);

        assertThat(wider.covers(PathPattern.parse(allowed), Effect.ALLOW)).isEqualTo(nothing);
    }

    @ParameterizedTest
    @CsvSource({
        "ALLOW, src, ./src/**, true",
        "ALLOW, src/, /src, true",
        "ALLOW, *.jpg, *.JPG, false",
        "ALLOW, *.md, *.md/, false",
        "ALLOW, *.md, **/*.md, true",
        "DENY, *.jpg, *.JPG, true",
        "DENY, src, ./src, false",
        "DENY, src, src/**, true",
        "DENY, [*], *, false"
    })
    void means_the_same_however_it_is_written(Effect effect, String one, String other, boolean same) throws Exception {
        String first = PathPattern.parse(one).canonical(effect);

        assertThat(first.equals(PathPattern.parse(other).canonical(effect))).isEqualTo(same);
    }

    /** Whatever a permission lets through, the same text as a prohibition stops. */
    @Test
    void permits_nothing_that_it_would_not_forbid_and_takes_any_text() {
        Random random = new Random(20);
        List<String> parts = List.of(
                "a",
                "b",
                "A",
                "/",
                "/",
                "*",
                "**",
                "?",
                "[ab]",
                "[!a]",
                ".",
                "..",
                "\\",
                "~",
                " ",
                ":",
                "\u200b",
                "\u00df",
                "\uff0e",
                "\0",
                "[",
                "]",
                "\ud83d\ude00",
                "\ud83d",
                "!",
                "{",
                "-");
        int permitted = 0;
        for (int round = 0; round < 100_000; round++) {
            String path = text(random, parts, 7);
            PathPattern pattern;
            try {
                pattern = PathPattern.parse(text(random, parts, 5));
            } catch (PatternException saysNothing) {
                assertThat(saysNothing.fix()).isNotBlank();
                continue;
            }
            if (ProjectPath.of(path) instanceof ProjectPath.Inside inside && pattern.permits(inside)) {
                permitted++;
                assertThat(pattern.forbids(inside))
                        .as("%s on %s", pattern.canonical(Effect.DENY), path)
                        .isTrue();
            }
        }
        assertThat(permitted).isGreaterThan(1_000);
    }

    private static String text(Random random, List<String> parts, int most) {
        StringBuilder text = new StringBuilder();
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }

    @Test
    void does_not_take_long_over_what_is_made_to_take_long() throws Exception {
        PathPattern names = PathPattern.parse("*a".repeat(250) + "b");
        PathPattern folders = PathPattern.parse("**/a/".repeat(100) + "b");
        String name = "a".repeat(4000);
        String path = "a/".repeat(2000) + "c";

        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 20; i++) {
                assertThat(names.matches(name)).isFalse();
                assertThat(folders.matches(path)).isFalse();
            }
        });
    }
}
