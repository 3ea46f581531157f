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

class HostPatternTest {
    private static Stream<Table.Row> patterns() {
        return Table.of("patterns.txt").rows().stream();
    }

    private static HostPattern read(String kind, String pattern) throws PatternException {
        return kind.equals("grant") ? HostPattern.parse(pattern) : HostPattern.parseAny(pattern);
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void a_pattern_has_one_reading_or_a_fix(Table.Row row) throws PatternException {
        String[] words = row.text().split(" ", 4);
        String pattern = Table.Row.plain(words[1]);

        if (words[2].equals("=")) {
            assertThat(read(words[0], pattern)).as(row.toString()).hasToString(words[3]);
            assertThat(read(words[0], words[3])).isEqualTo(read(words[0], pattern));
        } else {
            assertThatExceptionOfType(PatternException.class)
                    .as(row.toString())
                    .isThrownBy(() -> read(words[0], pattern))
                    .satisfies(refused -> {
                        assertThat(refused.fix()).as(row.toString()).contains(words[3]);
                        assertThat(refused.at()).isBetween(0, pattern.length());
                    });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com, 443, true",
        "example.com, example.com, 80, true",
        "example.com, example.com, 81, false",
        "example.com, www.example.com, 443, false",
        "*.example.com:*, www.example.com, 1, true",
        "*.example.com:*, a.b.example.com, 1, true",
        "*.example.com:*, example.com, 1, false",
        "*.example.com:*, wwwexample.com, 1, false",
        "*.example.com:*, 192.0.2.1, 1, false",
        "192.0.2.1:22-25, 192.0.2.1, 25, true",
        "192.0.2.1:22-25, 192.0.2.1, 26, false",
        "[::1]:1, ::1, 1, true",
    })
    void a_pattern_matches_whole_names_and_its_ports(String pattern, String host, int port, boolean matches)
            throws PatternException {
        assertThat(HostPattern.parse(pattern).matches(HostName.of(host).orElseThrow(), port))
                .isEqualTo(matches);
    }

    @Test
    void what_takes_away_reaches_addresses_by_a_star_alone_and_every_port_where_it_says_none() throws PatternException {
        HostName address = HostName.of("192.0.2.1").orElseThrow();

        assertThat(HostPattern.parseAny("*").matches(address, 22)).isTrue();
        assertThat(HostPattern.parseAny("*.com").matches(address, 22)).isFalse();
        assertThat(HostPattern.parseAny("192.0.2.1").matches(address, 22)).isTrue();
    }

    @Test
    void the_offending_part_is_named_by_its_place() {
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> HostPattern.parse("example.com:99999"))
                .withMessage("`99999` in `example.com:99999` is not a port")
                .satisfies(refused -> assertThat(refused.at()).isEqualTo(12));
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> HostPattern.parse("api.*.com"))
                .satisfies(refused -> assertThat(refused.at()).isEqualTo(4));
    }

    @Test
    void whatever_is_written_is_a_pattern_or_a_refusal_that_shows_nothing_strange() {
        Random random = new Random(13);
        String letters = "a.b*:[]0159-_@/?#% \u0000\u001b\n\u202eü://xn--";
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i > 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                HostPattern pattern = HostPattern.parse(text.toString());
                assertThat(HostPattern.parse(pattern.toString())).isEqualTo(pattern);
            } catch (PatternException refused) {
                assertThat(refused.getMessage() + refused.fix()).matches("[ -~]+");
                assertThat(refused.at()).isBetween(0, text.length());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a.example, A.Example, true",
        "a.example, b.example, false",
        "a.example, a.example:443, true",
        "a.example, a.example:80, true",
        "a.example, a.example:81, false",
        "a.example, a.example:100-442, false",
        "a.example, a.example:100-443, true",
        "a.example:1-100, a.example:100-200, true",
        "a.example:1-99, a.example:100-200, false",
        "a.example:*, a.example:7, true",
        "*.example.com, a.example.com, true",
        "*.example.com, a.b.example.com, true",
        "*.example.com, example.com, false",
        "*.example.com, badexample.com, false",
        "*.example.com, *.example.com, true",
        "*.example.com, *.a.example.com, true",
        "*.example.com, *.example.org, false",
        "*.example.com:443, a.example.com:80, false",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "[::1]:443, [0:0::1], true",
        "*, a.example:7, true",
    })
    void two_overlap_where_a_host_and_a_port_may_be_both(String one, String other, boolean overlaps)
            throws PatternException {
        HostPattern first = one.equals("*") ? HostPattern.parseAny(one) : HostPattern.parse(one);
        HostPattern second = HostPattern.parse(other);

        assertThat(first.overlaps(second)).isEqualTo(overlaps);
        assertThat(second.overlaps(first)).isEqualTo(overlaps);
    }
}
