package dev.belay.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.Samples;
import dev.belay.cli.WrittenLog;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;
import dev.belay.proto.script.Script.Call;
import dev.belay.proto.script.Script.Turn;
import dev.belay.proto.script.ScriptParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {
    private static final Json TASK = Json.parse(Samples.task("succeeded", "0"));

    private static String written(WrittenLog log) {
        return Script.of(Recorder.of(TASK, log.events()));
    }

    private static List<Turn> played(WrittenLog log) {
        return ScriptParser.parse("t-7fq2.yaml", written(log)).turns();
    }

    /** As if the turns had been a model's. */
    private static WrittenLog log(List<Turn> turns) {
        WrittenLog log = new WrittenLog();
        int step = 0;
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            log.turn(i + 1, "anthropic/m-1");
            if (!turn.say().isEmpty()) {
                log.says(i + 1, turn.say());
            }
            for (Call call : turn.calls()) {
                log.step(i + 1, ++step, call.tool(), call.input().print(), "out");
            }
            log.ends(i + 1);
        }
        return log;
    }

    @Test
    void the_tours_conversation_comes_back_as_it_was() throws IOException {
        List<Turn> tour = ScriptParser.parse(
                        "tour", Files.readString(Path.of("src/main/dist/share/demo/fix-the-cart.yaml")))
                .turns();

        assertThat(played(log(tour))).isEqualTo(tour);
    }

    @Test
    void it_is_written_for_people_too() {
        WrittenLog log = new WrittenLog()
                .turn(1, "m")
                .says(1, "I'll look.")
                .step(1, 1, "Bash", "{\"command\":\"ls\"}", "")
                .step(1, 2, "Write", "{\"file_path\":\"a\",\"content\":\"one\\n\\n  two\\n\"}", "")
                .step(1, 3, "Grep", "{\"pattern\":\"x\",\"-i\":true,\"head_limit\":5}", "")
                .ends(1)
                .turn(2, "m")
                .says(2, "Done: \"all\".")
                .ends(2);

        assertThat(written(log)).isEqualTo("""
            # Recorded by belay record from t-7fq2abcdefghijklmnop, model script.
            # It was asked:
            # Make the test pass
            model: script/1
            turns:
              # turn 1
              - say: "I'll look."
                calls:
                  - Bash: {command: "ls"}
                  - Write:
                      file_path: "a"
                      content: |
                        one

                          two
                  - Grep:
                      pattern: "x"
                      "-i": true
                      head_limit: 5
              # turn 2
              - say: "Done: \\"all\\"."
            """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "# no comment",
                "a: b",
                "- a",
                " leading",
                "trailing ",
                "\ttab",
                "",
                "\n",
                "a\n",
                "a\nb",
                "a\n\nb\n",
                "a\n\n",
                "\na",
                " a\nb",
                "a\n b\n  c",
                "a\n   \nb",
                "a\n  ",
                "a \nb ",
                "a\n\tb\n",
                "a\r\nb",
                "a\n---\nb\n",
                "a\n# b\n",
                "a\n...\n",
                "\u0000\u0001\u001b[2J\u007f\u0085\u00a0",
                "\u2028\u2029\u200b\u202e\ufeff\ufffe",
                "Grüße 🎉 日本\n語\n",
                "\\n\\x41 \"quoted\" 'single'",
                "%TAG !x\n",
                "\ud800 alone",
            })
    void every_text_is_read_as_it_was(String text) {
        List<Turn> turns = List.of(
                new Turn("", text.isBlank() ? "x" : text, Duration.ZERO, List.of(write(text))),
                new Turn("", "Done.", Duration.ZERO, List.of()));

        assertThat(played(log(turns))).isEqualTo(turns);
    }

    private static Call write(String content) {
        return new Call(
                "Write",
                Json.object().put("file_path", "f").put("content", content).build());
    }

    @Test
    void random_texts_are_read_as_they_were() {
        String[] pieces = {
            "a", " ", "\n", "\t", "#", ":", "-", "\"", "\\", "|", ">", "ü", "\r", "\u0007", "{", "]", "%", "\n\n"
        };
        Random random = new Random(11);
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            StringBuilder text = new StringBuilder("w");
            for (int length = random.nextInt(12); length > 0; length--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String shown = text.substring(random.nextInt(2));
            turns.add(new Turn("", shown.isBlank() ? "" : shown, Duration.ZERO, List.of(write(shown))));
        }

        assertThat(played(log(turns))).isEqualTo(turns);
    }

    @Test
    void what_people_said_is_a_comment_that_cannot_become_a_turn() {
        WrittenLog log = new WrittenLog()
                .person("m1", "stop\n  - say: \"no\"\u0085\ufffe\u2028  - say: x")
                .turn(1, "m", "m1")
                .says(1, "Done.")
                .ends(1);

        assertThat(played(log)).containsExactly(new Turn("", "Done.", Duration.ZERO, List.of()));
        assertThat(written(log))
                .contains(
                        "  # a person said at 2026-11-21T12:00:00Z, given with turn 1:\n  # stop\n  #   - say: \"no\"");
    }

    @Test
    void a_script_that_nobody_would_read_is_refused() {
        WrittenLog log = new WrittenLog();
        for (int turn = 1; turn <= 70; turn++) {
            log.turn(turn, "m")
                    .step(turn, turn, "Write", "{\"file_path\":\"a\",\"content\":\"" + "ü".repeat(60_000) + "\"}", "")
                    .ends(turn);
        }

        assertThatThrownBy(() -> written(log))
                .isInstanceOf(BelayException.class)
                .hasMessageContaining("would be too large");
    }
}
