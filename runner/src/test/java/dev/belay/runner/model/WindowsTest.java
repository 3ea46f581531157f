package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Window;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {
    private static final Windows OWN = Windows.published().with("models.json", Json.parse("""
        {"office/large": {"context": 131072, "output": 8192},
         "office/small": {"context": 8192},
         "office/talker": {"context": 8192, "output": 8192},
         "office/brief": {"output": 1000},
         "anthropic/claude-opus-5": {"context": 50000, "output": 4000}}
        """));

    @ParameterizedTest
    @CsvSource({
        "office/large, 131072, 8192",
        "office/large-2026-10-01, 131072, 8192",
        "office/small, 8192, 2048",
        "office/talker, 8192, 4096",
        "office/brief, 200000, 1000",
        "office/unknown, 200000, 32000",
        "anthropic/claude-opus-5, 50000, 4000",
        "anthropic/claude-sonnet-5-5, 1000000, 32000",
        "anthropic/claude-opus-4-5-20251101, 200000, 32000",
    })
    void a_model_reads_what_is_known_of_it_or_what_is_usual(String model, long context, int output) {
        assertThat(OWN.of(model, 7)).isEqualTo(new Window(context, output, 7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | windows must be an object",
                "{\"a/b\": 1} | window of a/b: it is no object",
                "{\"a/b\": {\"context\": 999}} | context must be tokens, 1,000 at least",
                "{\"a/b\": {\"context\": 1000.5}} | context must be tokens",
                "{\"a/b\": {\"context\": 1e12}} | context must be tokens",
                "{\"a/b\": {\"output\": 0}} | output must be tokens, 1 at least",
                "{\"a/b\": {\"output\": \"many\"}} | output must be tokens",
                "{\"a/b\": {\"input\": 1}} | unknown member input; known are context, output",
            })
    void windows_that_are_none_are_refused_with_their_place(String json, String why) {
        assertThatThrownBy(() -> Windows.published().with("models.json", Json.parse(json)))
                .isInstanceOfSatisfying(
                        BelayException.class,
                        wrong -> assertThat(wrong.why()).contains(why).startsWith("models.json"));
    }
}
