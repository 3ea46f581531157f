package dev.belay.policies;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilityTest {
    @Test
    void a_script_runs_in_full_mode_and_asks_nobody() {
        assertThat(Capability.of("script")).hasValueSatisfying(script -> {
            assertThat(script.modes()).containsExactly(Mode.FULL);
            assertThat(script.usual()).isEqualTo(Mode.FULL);
            assertThat(script.provider()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic/claude-sonnet-5, anthropic",
        "openrouter/meta-llama/llama-4:free, openrouter",
        "ollama/qwen3:0.6b_q4, ollama",
        "a/b, a",
        "a-1/@x~!, a-1",
    })
    void a_model_of_a_provider_runs_in_full_mode_and_says_why_in_no_other(String model, String provider) {
        assertThat(Capability.of(model)).hasValueSatisfying(one -> {
            assertThat(one.model()).isEqualTo(model);
            assertThat(one.provider()).isEqualTo(provider);
            assertThat(one.modes()).containsExactly(Mode.FULL);
            assertThat(one.usual()).isEqualTo(Mode.FULL);
            assertThat(one.noOther()).contains("approvals").contains("classifier");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gpt-9",
                "/",
                "/model",
                "acme/",
                "Acme/m",
                "1acme/m",
                "ac me/m",
                "acme/m 1",
                "acme/m\n",
                "acme/m\u0000",
                "acme/mödel",
                "script/1",
                "-acme/m",
            })
    void a_name_that_no_model_can_have_is_none(String model) {
        assertThat(Capability.of(model)).isEmpty();
    }

    @Test
    void names_are_bounded() {
        assertThat(Capability.of("p".repeat(32) + "/" + "m".repeat(128))).isPresent();
        assertThat(Capability.of("p".repeat(33) + "/m")).isEmpty();
        assertThat(Capability.of("p/" + "m".repeat(129))).isEmpty();
    }
}
