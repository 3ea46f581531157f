package dev.belay.proto.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptParserTest {
    @Test
    void reads_turns_with_words_and_calls_in_order() {
        Script script = ScriptParser.parse("demo.yaml", """
                model: script/1
                turns:
                  - say: "I'll run the tests first."
                    calls:
                      - Bash: {command: "make test", timeout: 5000}
                  - calls:
                      - Edit: {file_path: src/a.c, old_string: "x", new_string: "y"}
                      - Write: {file_path: notes.txt, content: "hi\\n"}
                  - say: "Done."
                """);

        assertThat(script.turns()).hasSize(3);
        assertThat(script.turns().get(0).say()).isEqualTo("I'll run the tests first.");
        assertThat(script.turns().get(0).calls().getFirst().input().number("timeout"))
                .isEqualTo(5000);
        assertThat(script.turns().get(1).calls()).extracting(Script.Call::tool).containsExactly("Edit", "Write");
        assertThat(script.turns().get(1).calls().get(1).input().text("content")).isEqualTo("hi\n");
        assertThat(script.turns().get(2).calls()).isEmpty();
    }

    @Test
    void reads_the_same_from_json() {
        Script script = ScriptParser.parse("demo.json", "{\"model\": \"script/1\", \"turns\": [{\"say\": \"Done.\"}]}");

        assertThat(script.turns())
                .containsExactly(new Script.Turn("", "Done.", java.time.Duration.ZERO, java.util.List.of()));
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "model: script/2 | demo.yaml:1:8: `model` must be script/1",
                "turns: [] | demo.yaml:1:1: `model` is missing",
                "model: script/1 | demo.yaml:1:1: `turns` is missing",
                "{model: script/1, turns: []} | demo.yaml:1:26: `turns` has no turn",
                "{model: script/1, turns: 3} | demo.yaml:1:26: `turns` must be a list",
                "{model: script/1, truns: []} | demo.yaml:1:19: unknown key `truns` in the script; did you mean turns?",
                "{model: script/1, turns: [{sya: x}]} | unknown key `sya` in a turn; did you mean say?",
                "{model: script/1, turns: [{}]} | a turn needs `say`, `calls` or both",
                "{model: script/1, turns: [{expect_message: hi}]} | a turn needs `say`, `calls` or both",
                "{model: script/1, turns: [{expect_message: '', say: x}]} | `expect_message` is empty",
                "{model: script/1, turns: [{say: x, pace: -1}]} | `pace` must be a whole number of milliseconds",
                "{model: script/1, turns: [{say: x, pace: 60001}]} | `pace` must be a whole number of milliseconds",
                "{model: script/1, turns: [{say: x, pace: fast}]} | `pace` must be a whole number of milliseconds",
                "{model: script/1, turns: [{say: 3}]} | `say` must be a string",
                "{model: script/1, turns: [{calls: [{Bahs: {command: x}}]}]} | demo.yaml:1:37: unknown tool `Bahs`; did you mean Bash?",
                "{model: script/1, turns: [{calls: [{Bash: {cmd: x}}]}]} | demo.yaml:1:44: unknown key `cmd` in Bash",
                "{model: script/1, turns: [{calls: [{Bash: {}}]}]} | Bash needs the field `command`",
                "{model: script/1, turns: [{calls: [{Bash: {command: 3}}]}]} | Bash.command must be a string",
                "{model: script/1, turns: [{calls: [{Bash: {command: x, timeout: soon}}]}]} | Bash.timeout must be a whole number",
                "{model: script/1, turns: [{calls: [{Bash: {command: x, dangerouslyDisableSandbox: true}}]}]} | unknown key `dangerouslyDisableSandbox` in Bash",
                "{model: script/1, turns: [{calls: [Bash]}]} | a call is one tool with its fields",
                "{model: script/1, turns: [{say: a, say: b}]} | demo.yaml:1",
                "{model: script/1, turns: [ | demo.yaml:1",
                "&a {model: script/1, turns: [*a]} | demo.yaml",
            })
    void names_the_place_and_the_fault(String text, String expected) {
        BelayException error = catchThrowableOfType(BelayException.class, () -> ScriptParser.parse("demo.yaml", text));

        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(ErrorCode.E_SCRIPT);
        assertThat(error.what()).contains(expected);
        assertThat(error.next()).isNotBlank();
    }

    @Test
    void an_empty_text_is_named_as_such() {
        BelayException error = catchThrowableOfType(BelayException.class, () -> ScriptParser.parse("demo.yaml", ""));

        assertThat(error.what()).isEqualTo("demo.yaml: the script is empty");
    }
}
