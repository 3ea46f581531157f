package dev.belay.cli.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Samples;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptTest {
    private static String told(List<Json> events, int width, boolean live) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Transcript transcript = new Transcript(new Screen(stream, stream, false, false, live, width), "t-7fq2");
        events.forEach(event -> {
            if (event.text("kind").equals("saying")) {
                transcript.hear(event);
            } else {
                transcript.tell(event);
            }
        });
        transcript.leave();
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 120})
    void the_transcript_is_the_documented_one(int width) throws IOException {
        String told = told(Samples.log(), width, false);

        try (InputStream golden = TranscriptTest.class.getResourceAsStream("/golden/transcript-" + width + ".txt")) {
            assertThat(golden).as("golden file; told:\n%s", told).isNotNull();
            assertThat(told).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void steps_fit_the_width_of_a_usual_terminal() {
        assertThat(told(Samples.log(), 80, false).lines())
                .filteredOn(line -> line.contains("▸"))
                .hasSize(4)
                .allSatisfy(line -> assertThat(Printable.columns(line)).isLessThanOrEqualTo(80));
    }

    @Test
    void what_no_snapshot_holds_is_told_once_with_what_is_known_of_its_size() {
        String beside =
                "{\"snapshot\":{\"id\":\"s%d\",\"step\":%d,\"kind\":\"step\",\"files_changed\":0,\"not_captured\":["
                        + "{\"path\":\"node_modules\",\"why\":\"bulk\",\"bytes\":0,\"files\":1204},"
                        + "{\"path\":\"core\",\"why\":\"large\",\"bytes\":210000000,\"files\":1},"
                        + "{\"path\":\"a\",\"why\":\"deep\",\"bytes\":0,\"files\":0}]}}";

        String told = told(
                List.of(
                        Samples.event(1, "snapshot.created", 1, 1, "snapshot_created", beside.formatted(1, 1)),
                        Samples.event(2, "snapshot.created", 1, 2, "snapshot_created", beside.formatted(2, 2))),
                80,
                false);

        assertThat(told.lines().map(String::strip))
                .containsExactly(
                        "not in the snapshot: node_modules (bulk, 1204 files)",
                        "not in the snapshot: core (large, 210 MB)",
                        "not in the snapshot: a (deep)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    large,100,1 large,100,1 large,199,1 large,200,1 | 100 B; 200 B
                    bulk,0,1000 bulk,0,1999 bulk,0,2000 bulk,0,3999 | 1000 files; 2000 files
                    large,100,1 none large,100,1                    | 100 B; 100 B
                    large,100,1 deep,0,0 deep,0,0                   | 100 B;
                    """)
    void what_no_snapshot_holds_is_told_again_when_it_is_news(String states, String told) {
        List<Json> events = new ArrayList<>();
        for (String state : states.split(" ")) {
            String[] parts = state.split(",");
            int number = events.size() + 1;
            String left = parts.length == 1
                    ? ""
                    : "{\"path\":\"p\",\"why\":\"%s\",\"bytes\":%s,\"files\":%s}".formatted((Object[]) parts);
            events.add(Samples.event(
                    number,
                    "snapshot.created",
                    1,
                    number,
                    "snapshot_created",
                    "{\"snapshot\":{\"id\":\"s%d\",\"step\":%d,\"kind\":\"step\",\"files_changed\":0,\"not_captured\":[%s]}}"
                            .formatted(number, number, left)));
        }

        assertThat(told(events, 80, false).lines().map(line -> line.replaceAll("^.*\\(\\w+(, )?|\\)$", "")))
                .containsExactly(told.split("; ?", -1));
    }

    @Test
    void an_answer_without_words_takes_no_line() {
        String told = told(
                List.of(
                        Samples.event(1, "turn.start", 1, 0, "turn_start", "{\"model\":\"m\"}"),
                        Samples.event(2, "model.message", 1, 0, "model_message", "{\"text\":\"\"}"),
                        Samples.event(3, "turn.start", 2, 0, "turn_start", "{\"model\":\"m\"}"),
                        Samples.event(4, "model.message", 2, 0, "model_message", "{\"text\":\"Done.\"}")),
                80,
                false);

        assertThat(told.lines()).doesNotContain("").contains("   Done.");
    }

    private static Json begun(int number, String name, String command, boolean again) {
        return Samples.event(
                number,
                "setup.start",
                0,
                0,
                "setup_start",
                Json.object()
                        .put("number", number)
                        .put("of", 2)
                        .put("name", name)
                        .put("command", command)
                        .put("again", again)
                        .build()
                        .print());
    }

    private static Json ended(int number, String name, int exitCode, boolean timedOut, String output) {
        return Samples.event(
                number,
                "setup.end",
                0,
                0,
                "setup_end",
                Json.object()
                        .put("number", number)
                        .put("name", name)
                        .put("exit_code", exitCode)
                        .put("duration_ms", 2_300)
                        .put("timed_out", timedOut)
                        .put("output", output)
                        .put("bytes_printed", output.length())
                        .build()
                        .print());
    }

    @Test
    void a_step_of_the_set_up_is_a_line_and_one_that_fails_shows_its_last_words() {
        String told = told(
                List.of(
                        begun(1, "npm ci", "npm ci", false),
                        ended(1, "npm ci", 0, false, "added 700 packages"),
                        begun(2, "build", "make \u001b[2J all\nmake more", true),
                        ended(2, "build", 2, false, "1\n2\n3\n4\n5\n6\n7\n8\nmake: \u001b]0;x *** stop"),
                        begun(2, "wait", "sleep 9", false),
                        ended(2, "wait", 124, true, "")),
                80,
                false);

        assertThat(told.lines().toList())
                .hasSize(11)
                .startsWith(
                        "   ▸ setup npm ci                                   exit 0  2.3s",
                        "   ▸ setup again build: make \\e[2J all              exit 2  2.3s",
                        "     │ 2")
                .endsWith(
                        "     │ make: \\e]0;x *** stop",
                        "   ▸ setup wait: sleep 9                            timed out  2.3s");
        assertThat(told).doesNotContain("700 packages", "\u001b");
    }

    @Test
    void on_a_terminal_a_step_of_the_set_up_shows_while_it_works() {
        String told = told(List.of(begun(1, "npm ci", "npm ci", false)), 80, true);

        assertThat(told).contains("▸ setup npm ci").contains("…");
    }

    @Test
    void the_base_of_a_project_with_set_up_is_told_as_that() {
        String base =
                "{\"snapshot\":{\"id\":\"s0\",\"step\":0,\"kind\":\"base\",\"files_changed\":3,\"not_captured\":[]}}";
        Json event = Samples.event(3, "snapshot.created", 0, 0, "snapshot_created", base);

        assertThat(told(List.of(event), 80, false)).contains("s0  the base: your project as it was sent\n");
        assertThat(told(List.of(begun(1, "npm ci", "npm ci", false), event), 80, false))
                .contains("s0  the base: your project as it was sent, set up\n");
    }

    @Test
    void on_a_terminal_a_call_shows_while_it_works_and_is_then_replaced() {
        String told = told(Samples.log().subList(0, 6), 80, true);

        assertThat(told).contains("▸ bash  sh tests/cart_test.sh").contains("…\r\u001b[K");
    }

    @Test
    void on_a_terminal_the_end_of_what_is_being_said_shows_until_the_whole_is_there() {
        String words = "a very long sentence that no narrow terminal holds in one line of it";
        String told = told(
                List.of(
                        Samples.event(1, "turn.start", 1, 0, "turn_start", "{\"model\":\"m\"}"),
                        saying(true, words),
                        saying(false, " and \u001b[2J more"),
                        saying(true, ""),
                        saying(true, "Once"),
                        Samples.event(2, "model.message", 1, 0, "model_message", "{\"text\":\"Once more.\"}")),
                40,
                true);

        assertThat(told.split("\r\u001b\\[K", -1))
                .containsExactly(
                        "   …w terminal holds in one line of it",
                        "   …ds in one line of it and \\e[2J more",
                        "",
                        "   Once",
                        "── turn 1\n   Once more.\n");
    }

    private static Json saying(boolean reset, String text) {
        return Json.object()
                .put("kind", "saying")
                .put("reset", reset)
                .put("text", text)
                .build();
    }

    @Test
    void hostile_text_of_model_tool_and_policy_is_shown_and_not_obeyed() {
        String evil = "x\\u001b]0;owned\\u0007\\u202e\\r\\u009b2J";
        String told = told(
                List.of(
                        Samples.event(1, "turn.start", 1, 0, "turn_start", "{\"model\":\"" + evil + "\"}"),
                        Samples.event(2, "model.message", 1, 0, "model_message", "{\"text\":\"" + evil + "\"}"),
                        Samples.event(3, "tool.call", 1, 1, "tool_call", Samples.call(evil, evil)),
                        Samples.event(
                                4,
                                "policy.denied",
                                1,
                                1,
                                "policy_denied",
                                "{\"layer\":\"" + evil + "\",\"what\":\""
                                        + evil + "\",\"target\":\"" + evil + "\",\"rule\":\"" + evil + "\",\"place\":\""
                                        + evil
                                        + "\",\"reason\":\"" + evil + "\",\"instead\":\"" + evil + "\"}"),
                        Samples.event(
                                5, "tool.result", 1, 1, "tool_result", Samples.result("Bash", "1", evil, 1, evil)),
                        Samples.event(6, "warning", 1, 1, "warning", "{\"code\":\"x\",\"text\":\"" + evil + "\"}")),
                100,
                false);

        assertThat(told.chars().filter(c -> c != '\n' && (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x202e)))
                .isEmpty();
        assertThat(told).contains("\\e]0;owned\\x07\\u{202e}");
    }

    private static final Json PRUNED = Samples.event(
            2, "context.pruned", 9, 0, "context_pruned", "{\"answers\":9,\"results\":12,\"tokens\":45210}");
    private static final Json COMPACTED = Samples.event(
            3,
            "context.compacted",
            9,
            0,
            "context_compacted",
            "{\"answers\":20,\"summary\":\"Goal:\",\"tokens_before\":160300,\"tokens_after\":14020}");

    @Test
    void what_the_model_is_shown_no_longer_is_one_line() {
        Json begun = Samples.event(1, "turn.start", 9, 0, "turn_start", "{\"model\":\"m\"}");

        assertThat(told(List.of(begun, PRUNED, COMPACTED), 100, false)).isEqualTo("""
            ── turn 9
               older results are no longer shown to the model: 12 of them, about 45,210 tokens
               the conversation was summarised: about 160,300 → 14,020 tokens
            """);
    }

    @Test
    void in_the_log_it_is_one_line_too() {
        assertThat(EventLine.of(PRUNED).toString())
                .contains("  9  ", "context.pruned  ")
                .endsWith("  older results are no longer shown to the model: 12 of them, about 45,210 tokens");
        assertThat(EventLine.of(COMPACTED).toString())
                .contains("context.compacted ")
                .endsWith(" the conversation was summarised: about 160,300 → 14,020 tokens");
    }

    @Test
    void an_event_of_a_newer_server_is_passed_over() {
        assertThat(told(List.of(Samples.event(1, "moon.phase", 1, 1, "moon_phase", "{}")), 80, false))
                .isEmpty();
    }

    @Test
    void in_the_log_an_event_of_a_newer_server_is_a_line_that_says_so() {
        Json newer = Samples.event(7, "moon.phase", 1, 1, "moon_phase", "{}");

        String line = EventLine.of(newer).toString();

        assertThat(line)
                .contains("  7  1/s1 ")
                .contains("moon.phase")
                .endsWith("of a newer version of Belay; with --json it is shown whole");
    }
}
