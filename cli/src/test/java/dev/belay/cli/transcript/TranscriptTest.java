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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
