package dev.belay.policies.environment.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Parsed;
import dev.belay.policies.environment.foreign.EnvironmentText.Command;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DraftTest {
    private static final Draft DRAFT =
            new Draft(List.of(new Command("deps", "npm ci", 20), new Command("", "a\nb", 0)), Map.of("CI", "1"));

    private static Environment read(String text) {
        return ((Parsed.Understood) Environment.parse("x", text)).environment();
    }

    @Test
    void what_its_text_says_is_what_is_meant() {
        assertThat(DRAFT.wrong("x", List.of("a heading"))).isEmpty();
        assertThat(DRAFT.isMeant(read(DRAFT.text(List.of())))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            {name: deps -> {name: debs
            run: npm ci -> run: npm cj
            20m -> 21m
            "a\\nb" -> "a\\nc"
            "a\\nb"] -> "a\\nb", c]
            , "a\\nb"] -> ]
            CI: "1" -> CJ: "1"
            CI: "1" -> CI: "2"
            CI: "1" -> CI: "1", D: "2"
            env: {CI: "1"} -> check: make
            CI: "1"} -> CI: "1"}, check: "true"
            """)
    void anything_else_is_not(String part, String other) {
        String text = "{setup: [{name: deps, run: npm ci, timeout: 20m}, \"a\\nb\"], env: {CI: \"1\"}}";
        assertThat(DRAFT.isMeant(read(text))).isTrue();
        assertThat(text).contains(part);

        assertThat(DRAFT.isMeant(read(text.replace(part, other)))).isFalse();
    }
}
