package dev.belay.proto.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "-0.5",
                "12345678901234567",
                "\"a\\n\\u001b\\\\\\\"é\"",
                "{\"a\":[1,{\"b\":null}],\"c\":\"\"}",
            })
    void what_is_written_reads_as_the_same_value(String text) {
        Json value = Json.parse(text);

        assertThat(Json.parse(value.print())).isEqualTo(value);
        assertThat(Json.parse(value.pretty())).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\":1,\"a\":2}",
                "01",
                "1.",
                "+1",
                "nul",
                "\"\u0001\"",
                "\"\\x\"",
                "1 2",
                "{a:1}",
                "'a'",
                "1e9999",
                "NaN",
                "\"open",
            })
    void refuses_what_is_not_json(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void refuses_depth_that_could_exhaust_the_stack() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(JsonException.class);
    }

    @Test
    void writes_no_raw_control_characters_so_that_a_line_stays_a_line() {
        String line = Json.of("a\nb\u001b[2J\u2028\u009b\ud800").print();

        assertThat(line.chars().noneMatch(c -> c < 0x20 || c == 0x2028 || c == 0x9b || c == 0xd800))
                .isTrue();
    }
}
