package dev.belay.runner.model.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call's fields, joined from the pieces that came. */
class StreamedInputTest {
    private static final Json.Obj NOTHING = Json.object().build();

    private static ToolCall call(String... pieces) {
        StreamedInput input = new StreamedInput();
        for (String piece : pieces) {
            input.add(piece);
        }
        return input.call("c1", "Bash");
    }

    @Test
    void pieces_are_joined_wherever_they_were_cut() {
        String whole = "{\"command\":\"echo \\u00e4 \\\"x\\\"\",\"timeout\":10}";
        ToolCall expected = new ToolCall("c1", "Bash", (Json.Obj) Json.parse(whole));

        for (int i = 0; i <= whole.length(); i++) {
            assertThat(call(whole.substring(0, i), whole.substring(i))).isEqualTo(expected);
        }
    }

    @Test
    void without_any_text_a_call_has_no_fields() {
        assertThat(call()).isEqualTo(new ToolCall("c1", "Bash", NOTHING));
        assertThat(call("", "")).isEqualTo(new ToolCall("c1", "Bash", NOTHING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"command\":\"rm -rf /tmp/x",
                "{\"command\":\"true\"",
                "{",
                " ",
                "[]",
                "\"ls\"",
                "null",
                "7",
                "{\"a\":1}{\"a\":2}",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "{\"a\":NaN}"
            })
    void what_is_no_object_is_kept_as_it_came_and_not_repaired(String text) {
        assertThat(call(text)).isEqualTo(new ToolCall("c1", "Bash", NOTHING, text));
    }

    @Test
    void fields_that_could_not_be_read_back_from_within_something_else_are_unreadable() {
        String deep = "{\"a\":".repeat(60) + "1" + "}".repeat(60);
        String shallow = "{\"a\":".repeat(40) + "1" + "}".repeat(40);

        assertThat(call(deep).unreadable()).isEqualTo(deep);
        assertThat(call(shallow)).isEqualTo(new ToolCall("c1", "Bash", (Json.Obj) Json.parse(shallow)));
    }
}
