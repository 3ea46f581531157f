package dev.belay.policies.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.policies.language.PatternException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestPatternTest {
    private static Stream<Table.Row> patterns() {
        return Table.of("request-patterns.txt").rows().stream();
    }

    private static String plain(String written) {
        return Table.Row.plain(written.replaceFirst("_", " "));
    }

    private static RequestPattern read(String kind, String pattern) throws PatternException {
        return kind.equals("grant") ? RequestPattern.parse(pattern) : RequestPattern.parseAny(pattern);
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void a_pattern_has_one_reading_or_a_place_where_it_is_wrong(Table.Row row) throws PatternException {
        String[] words = row.text().split(" ", 4);
        String pattern = plain(words[1]);

        if (words[2].equals("=")) {
            assertThat(read(words[0], pattern)).as(row.toString()).hasToString(plain(words[3]));
            assertThat(read(words[0], plain(words[3]))).isEqualTo(read(words[0], pattern));
        } else {
            String[] expected = words[3].split(" ", 2);
            assertThatExceptionOfType(PatternException.class)
                    .as(row.toString())
                    .isThrownBy(() -> read(words[0], pattern))
                    .withMessageContaining(expected[1])
                    .satisfies(refused -> {
                        assertThat(refused.at()).as(row.toString()).isEqualTo(Integer.parseInt(expected[0]));
                        assertThat(refused.fix()).isNotBlank();
                    });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'* a.example/**', 'GET a.example/x/*', true",
        "'GET,HEAD a.example/**', 'GET a.example/**', true",
        "'GET a.example/**', 'GET,HEAD a.example/**', false",
        "'GET a.example/**', '* a.example/**', false",
        "'* a.example/x/**', '* a.example/x', true",
        "'* a.example/x/**', '* a.example/X/*/y', true",
        "'* a.example/x/*', '* a.example/x/**', false",
        "'* a.example/x/*', '* a.example/x/a*b', true",
        "'* a.example/x/a*', '* a.example/x/*', false",
        "'* a.example/x', '* a.example/x/', true",
        "'* a.example/x/*', '* a.example/x/', false",
        "'* a.example/*', '* a.example/', false",
        "'* a.example/**/y', '* a.example/**', false",
        "'* a.example/**/y', '* a.example/x/**/y', true",
    })
    void a_prohibition_covers_what_it_leaves_nothing_of(String one, String other, boolean covers)
            throws PatternException {
        assertThat(RequestPattern.parse(one).coversAtHost(RequestPattern.parse(other)))
                .isEqualTo(covers);
    }

    @ParameterizedTest
    @CsvSource({
        "'HEAD,GET a.example/repos/**', 'GET, HEAD of /repos/**'",
        "'GET a.example/**', GET",
        "'* a.example/x', every method of /x",
        "'* a.example/**', every method",
    })
    void a_pattern_is_said_without_its_host(String pattern, String words) throws PatternException {
        assertThat(RequestPattern.parse(pattern).inWords()).isEqualTo(words);
    }

    @Test
    void whatever_is_written_is_a_pattern_or_a_refusal_that_shows_nothing_strange() throws PatternException {
        Random random = new Random(17);
        String[] parts = {
            "GET",
            ",",
            " ",
            "a.example",
            "/",
            "*",
            "**",
            ".",
            "..",
            ";",
            "%2f",
            "?",
            "\u0000",
            "\u001b",
            "\u202e",
            "ü",
            "x",
            ":443"
        };
        int read = 0;
        for (int round = 0; round < 60_000; round++) {
            StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "" : "GET a.example/");
            for (int i = random.nextInt(7); i > 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            try {
                RequestPattern pattern = RequestPattern.parse(text.toString());
                read++;
                assertThat(RequestPattern.parse(pattern.toString())).isEqualTo(pattern);
                assertThat(RequestPattern.parse(pattern.toString())).hasToString(pattern.toString());
            } catch (PatternException refused) {
                assertThat(refused.getMessage() + refused.fix()).doesNotContain("\u0000", "\u001b", "\u202e");
                assertThat(refused.at()).as(text.toString()).isBetween(0, text.length());
            }
        }
        assertThat(read).isBetween(3_000, 50_000);
    }
}
