package dev.belay.policies.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenEndpointsTest {
    private static List<String> rows() {
        try (InputStream in =
                Objects.requireNonNull(TokenEndpointsTest.class.getResourceAsStream("token-endpoints.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Stream<String> paths(String answer) {
        return rows().stream()
                .filter(row -> row.startsWith(answer + " "))
                .map(row -> row.substring(answer.length() + 1));
    }

    static Stream<String> handingOut() {
        return paths("yes");
    }

    static Stream<String> ofEveryDay() {
        return paths("no");
    }

    @ParameterizedTest
    @MethodSource("handingOut")
    void a_path_that_hands_out_keys_is_known_in_any_letter_case(String path) {
        assertThat(TokenEndpoints.isOne(path)).isTrue();
        assertThat(TokenEndpoints.isOne(path.toUpperCase(Locale.ROOT))).isTrue();
        assertThat(TokenEndpoints.isOne(path + "/")).isTrue();
    }

    @ParameterizedTest
    @MethodSource("ofEveryDay")
    void a_path_of_every_day_is_none(String path) {
        assertThat(TokenEndpoints.isOne(path)).isFalse();
    }

    @Test
    void the_table_says_of_each_path_one_or_the_other() {
        assertThat(handingOut().count() + ofEveryDay().count()).isEqualTo(rows().size());
        assertThat(rows()).doesNotHaveDuplicates();
    }

    @Test
    void any_text_whatsoever_has_an_answer() {
        Random random = new Random(11);
        List<String> paths = handingOut().toList();
        for (int round = 0; round < 5_000; round++) {
            String path = paths.get(random.nextInt(paths.size()));
            int at = random.nextInt(path.length() + 1);
            String changed = path.substring(0, at) + "/*.:\u212a\ud83d%".charAt(random.nextInt(7)) + path.substring(at);
            assertThat(TokenEndpoints.isOne(changed)).isEqualTo(TokenEndpoints.isOne(changed + "/"));
        }
    }
}
