package dev.belay.policies.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PushRulesTest {
    private static final Pattern CHARACTER = Pattern.compile("\\\\u([0-9a-f]{4})");
    private static final Pattern MANY = Pattern.compile("<([0-9]+)>");

    static Stream<String> rows() throws IOException {
        try (InputStream in = Objects.requireNonNull(PushRulesTest.class.getResourceAsStream("refs.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList().stream();
        }
    }

    private static String plain(String written) {
        String text = written.equals("\"\"") ? "" : written;
        String many = MANY.matcher(text).replaceAll(found -> "a".repeat(Integer.parseInt(found.group(1))));
        return CHARACTER
                .matcher(many)
                .replaceAll(found ->
                        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(found.group(1), 16))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void a_task_pushes_to_branches_of_its_own_and_to_nothing_that_is_spelt_like_one(String row) {
        boolean through = row.startsWith("yes ");
        String ref = plain(row.substring(row.indexOf(' ') + 1));

        assertThat(PushRules.judge("t-1", ref).allowed()).isEqualTo(through);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../..", "t-1/x", ".", "-", "t 1", "t-1\n", "*"})
    void a_task_without_a_name_of_its_own_has_no_room(String task) {
        assertThat(PushRules.judge(task, PushRules.room(task) + "x").allowed()).isFalse();
    }

    @Test
    void a_denial_says_where_to_push_instead_and_shows_nothing_that_a_terminal_obeys() {
        assertThat(PushRules.judge("t-1", "refs/heads/\u001b]0;main\n" + "x".repeat(500)))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.layer()).isEqualTo("gateway");
                    assertThat(denied.rule()).isEqualTo("RESTRICTED git push (default)");
                    assertThat(denied.reason())
                            .startsWith("a push to `refs/heads/?]0;main?xx")
                            .hasSizeLessThan(300);
                    assertThat(denied.instead()).contains("git push origin HEAD:refs/heads/belay/t-1/NAME");
                });
    }

    @Test
    void what_is_let_through_names_the_room() {
        assertThat(PushRules.judge("t-1", "refs/heads/belay/t-1/x"))
                .isEqualTo(new Verdict.Allowed("ALLOWED git push of refs/heads/belay/t-1/*"));
    }
}
