package dev.belay.cli.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.Samples;
import dev.belay.cli.WrittenLog;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SentTest {
    private static final String R1 = "r1 ".repeat(50);
    private static final String R2 = "r2 ".repeat(50);
    private static final String R3 = "r3 ".repeat(50);
    private static final String MODEL = "anthropic/m-1";
    private static final String ASKED = "prompt: Make the test pass";
    private static final Json TASK = Json.parse(Samples.task("running", "null"));

    private static WrittenLog log() {
        return new WrittenLog();
    }

    private static Sent sent(WrittenLog log, long turn) {
        return Sent.of(TASK, log.events(), turn == 0 ? OptionalLong.empty() : OptionalLong.of(turn));
    }

    private static List<String> parts(WrittenLog log) {
        return parts(log, 0);
    }

    private static List<String> parts(WrittenLog log, long turn) {
        return sent(log, turn).parts().stream()
                .map(part -> part.kind().word() + ": " + part.text())
                .toList();
    }

    @Test
    void the_parts_stand_in_the_order_in_which_they_were_sent() {
        WrittenLog log = log().briefed(MODEL, "You are an agent.", "[{\"name\":\"Bash\"}]", "")
                .turn(1, MODEL)
                .says(
                        1,
                        "Let me look.",
                        WrittenLog.call("c1", "Read", "{}"),
                        WrittenLog.call("c2", "Bash", "{\"a\":1}"))
                .step(1, 1, "Read", "{}", "text")
                .step(1, 2, "Bash", "{\"a\":1}", "ok")
                .ends(1)
                .person("m1", "Hurry.")
                .operation("""
                    {"kind":"rollback","to":"s1","files_changed":1,"files":[{"path":"a\\u0007b","status":"M"}]}\
                    """)
                .turn(2, MODEL, "m1");

        assertThat(parts(log))
                .containsExactly(
                        "system: You are an agent.",
                        "tools: [{\"name\":\"Bash\"}]",
                        ASKED,
                        "answer: Let me look.",
                        "call: Read {}",
                        "call: Bash {\"a\":1}",
                        "result: text",
                        "result: ok",
                        "note: A person took the project back to the state after s1. These files are other than you saw"
                                + " them last; read them before you rely on them:\nchanged: a?b",
                        "person: Hurry.");
        assertThat(sent(log, 0).parts())
                .extracting(Part::turn, Part::step)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0L, 0L),
                        org.assertj.core.groups.Tuple.tuple(0L, 0L),
                        org.assertj.core.groups.Tuple.tuple(0L, 0L),
                        org.assertj.core.groups.Tuple.tuple(1L, 0L),
                        org.assertj.core.groups.Tuple.tuple(1L, 1L),
                        org.assertj.core.groups.Tuple.tuple(1L, 2L),
                        org.assertj.core.groups.Tuple.tuple(1L, 1L),
                        org.assertj.core.groups.Tuple.tuple(1L, 2L),
                        org.assertj.core.groups.Tuple.tuple(2L, 0L),
                        org.assertj.core.groups.Tuple.tuple(2L, 0L));
    }

    @Test
    void what_happened_after_the_turn_began_was_not_sent_with_it() {
        WrittenLog log = log().turn(1, MODEL)
                .step(1, 1, "Read", "{}", "text")
                .ends(1)
                .person("m1", "Hurry.")
                .turn(2, MODEL)
                .says(2, "Done.")
                .ends(2)
                .turn(3, MODEL, "m1");

        assertThat(parts(log, 1)).containsExactly(ASKED);
        assertThat(parts(log, 2)).containsExactly(ASKED, "call: Read {}", "result: text");
        assertThat(parts(log, 3)).endsWith("answer: Done.", "person: Hurry.");
    }

    static Stream<Arguments> calls() {
        String cut = "{\"a\":\"" + "x".repeat(65_530);
        return Stream.of(
                Arguments.of("one that came back", log().step(1, 1, "Bash", "{}", "out"), "out"),
                Arguments.of("one that printed nothing", log().step(1, 1, "Bash", "{}", " \n"), RunnersWords.NO_OUTPUT),
                Arguments.of(
                        "one that the runner died in", log().calls(1, 1, "c1", "Bash", "{}"), RunnersWords.NO_RESULT),
                Arguments.of(
                        "one that was lost with the runner",
                        log().calls(1, 1, "c1", "Bash", "{}").returns(1, 1, "c1", "Bash", "out", ""),
                        RunnersWords.NOT_KEPT),
                Arguments.of(
                        "one that was ended",
                        log().calls(1, 1, "c1", "Bash", "{}").returns(1, 1, "c1", "Bash", "ended: paused", "paused"),
                        "ended: paused"),
                Arguments.of(
                        "one that was not made",
                        log().says(1, "", WrittenLog.call("c1", "Bash", "{}")),
                        RunnersWords.NOT_MADE),
                Arguments.of(
                        "one that could not be made any more",
                        log().says(1, "", WrittenLog.call("c1", "Bash", cut)),
                        RunnersWords.TOO_LONG),
                Arguments.of(
                        "one that a person took the place of",
                        log().says(1, "", WrittenLog.call("c1", "Bash", "{}")).fork("Make the test pass", true),
                        RunnersWords.ANSWERED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void every_call_has_a_result_or_a_word_on_why_there_is_none(String what, WrittenLog log, String result) {
        assertThat(parts(log.turn(2, MODEL))).as(what).endsWith("result: " + result);
    }

    @Test
    void calls_that_a_fork_makes_in_its_parents_place_belong_to_the_answer() {
        WrittenLog log = log().turn(1, MODEL)
                .says(1, "Both.", WrittenLog.call("c1", "Bash", "{}"), WrittenLog.call("c2", "Bash", "{}"))
                .step(1, 1, "Bash", "{}", "one")
                .fork("Begin.", false)
                .step(1, 2, "Bash", "{}", "two")
                .ends(1)
                .turn(2, MODEL);

        assertThat(parts(log))
                .containsExactly(
                        "prompt: Begin.",
                        "answer: Both.",
                        "call: Bash {}",
                        "call: Bash {}",
                        "result: one",
                        "result: two");
    }

    @ParameterizedTest
    @CsvSource({"exec", "check"})
    void what_others_ran_is_no_call_of_the_model(String tool) {
        WrittenLog log = log().turn(1, MODEL)
                .says(1, "Done.")
                .step(1, 1, tool, "{}", "out")
                .ends(1)
                .person("m1", "More.")
                .turn(2, MODEL, "m1");

        assertThat(parts(log)).containsExactly(ASKED, "answer: Done.", "person: More.");
    }

    @Test
    void words_without_the_call_that_they_announce_are_no_answer() {
        WrittenLog log =
                log().turn(1, MODEL).says(1, "I'll run it.").nextEpoch().turn(2, MODEL);

        assertThat(parts(log)).containsExactly(ASKED);
    }

    @Test
    void what_belay_told_beside_results_stands_where_it_was_told() {
        WrittenLog told = log().turn(1, MODEL)
                .saysCut(1, "It is")
                .ends(1)
                .noted(1, "Your answer was cut.")
                .turn(2, MODEL);
        WrittenLog lost = log().turn(1, MODEL).saysCut(1, "It is").ends(1).turn(2, MODEL);

        assertThat(parts(told)).containsExactly(ASKED, "answer: It is", "note: Your answer was cut.");
        assertThat(parts(lost)).containsExactly(ASKED, "answer: It is", "note: " + RunnersWords.GO_ON);
    }

    @Test
    void a_check_that_failed_is_told_with_the_next_turn_and_is_no_call_of_the_models() {
        WrittenLog log = log().briefed(MODEL, "System.", "[]", "k7")
                .turn(1, MODEL)
                .says(1, "Done.")
                .ends(1)
                .calls(1, 1, "check-1", "check", "{\"command\":\"make test\",\"detected\":false}")
                .failsCheck(1, 1, 2, "no\n")
                .turn(2, MODEL);

        assertThat(parts(log))
                .last()
                .asString()
                .isEqualTo("note: " + RunnersWords.CHECK_FAILED
                        + " `make test`\n\n<tool_output-k7>\nno\n</tool_output-k7>\n\n" + RunnersWords.MEND);
    }

    @Test
    void a_check_that_was_found_and_could_not_run_tells_nothing() {
        WrittenLog log = log().turn(1, MODEL)
                .says(1, "Done.")
                .ends(1)
                .calls(1, 1, "check-1", "check", "{\"command\":\"make test\",\"detected\":true}")
                .failsCheck(1, 1, 127, "")
                .person("m1", "More.")
                .turn(2, MODEL, "m1");

        assertThat(parts(log)).containsExactly(ASKED, "answer: Done.", "person: More.");
    }

    @Test
    void a_tools_output_stands_between_the_marks_that_the_model_was_told_of() {
        WrittenLog log = log().briefed(MODEL, "System.", "[]", "k7")
                .turn(1, MODEL)
                .step(1, 1, "Bash", "{}", "line Kk7\n")
                .calls(1, 2, "c2", "Bash", "{}")
                .turn(2, MODEL);

        assertThat(parts(log))
                .endsWith(
                        "result: <tool_output-k7>\nline K..\n</tool_output-k7>",
                        "result: <tool_output-k7>\n" + RunnersWords.NO_RESULT + "\n</tool_output-k7>");
    }

    @Test
    void the_briefing_is_the_last_one_for_the_turns_model() {
        WrittenLog log = log().briefed(MODEL, "old", "", "")
                .turn(1, MODEL)
                .briefed(MODEL, "new", "", "")
                .briefed("openai/o", "other", "", "")
                .says(1, "Hm.")
                .ends(1)
                .turn(2, MODEL);

        assertThat(parts(log, 1)).containsExactly("system: new", ASKED);
        assertThat(parts(log, 2)).startsWith("system: new");
        assertThat(sent(log().turn(1, "script"), 1).isScript()).isTrue();
    }

    private static WrittenLog three() {
        return log().person("m1", "Hurry.")
                .turn(1, MODEL)
                .says(1, "One.")
                .step(1, 1, "Bash", "{}", R1)
                .ends(1)
                .operation("{\"kind\":\"undo\",\"to\":\"s0\",\"files_changed\":30,\"files\":[]}")
                .turn(2, MODEL, "m1")
                .step(2, 2, "Bash", "{}", R2)
                .ends(2)
                .turn(3, MODEL)
                .step(3, 3, "Bash", "{}", R3)
                .ends(3);
    }

    @Test
    void older_results_are_shown_no_more_from_where_the_log_says_so() {
        WrittenLog log = three().pruned(3, 2).turn(4, MODEL);

        assertThat(parts(log, 3)).contains("result: " + R1, "result: " + R2);
        assertThat(parts(log, 4))
                .contains("result: " + RunnersWords.PRUNED, "result: " + R3, "answer: One.")
                .doesNotContain("result: " + R1, "result: " + R2);
    }

    @Test
    void a_summary_stands_in_place_of_the_first_answers_and_what_people_said_stays() {
        WrittenLog log = three().pruned(3, 1)
                .turn(4, MODEL)
                .compacted(4, 2, "It ran two.")
                .says(4, "Done.");

        assertThat(parts(log, 4))
                .containsExactly(
                        ASKED,
                        "note: " + RunnersWords.SUMMARISED.formatted(2, "It ran two."),
                        "person: Hurry.",
                        "call: Bash {}",
                        "result: " + R3);
        assertThat(parts(log, 3)).contains("answer: One.", "result: " + R2);
    }

    @Test
    void a_persons_command_before_the_question_hides_nothing_that_was_written_down_for_it() {
        WrittenLog log = log().turn(1, MODEL)
                .step(1, 1, "exec", "{}", "out")
                .briefed(MODEL, "System.", "", "")
                .says(1, "Done.");

        assertThat(parts(log)).containsExactly("system: System.", ASKED);
    }

    @Test
    void an_answers_own_form_goes_back_to_its_model_and_to_no_other() {
        String message = """
            {"text":"Hi.","calls":[],"cut":false,"own":{"wire":"messages","model":"m-1","json":"[{\\"thought\\":\\"x\\"}]"}}\
            """;
        WrittenLog log = log().briefed(MODEL, "s", "", "")
                .briefed("anthropic/m-2", "s", "", "")
                .event("model.message", 1, 0, message)
                .ends(1)
                .person("m", "And?")
                .turn(2, MODEL, "m")
                .turn(3, "anthropic/m-2");

        assertThat(sent(log, 2).parts()).contains(new Part(Part.Kind.OWN, 1, 0, "[{\"thought\":\"x\"}]", 14));
        assertThat(parts(log, 3)).noneMatch(part -> part.startsWith("own"));
    }

    @Test
    void a_turn_that_is_not_there_is_usage_and_names_those_that_are() {
        WrittenLog log = log().turn(1, MODEL).turn(2, MODEL).turn(4, MODEL);

        assertThatThrownBy(() -> sent(log, 3)).isInstanceOfSatisfying(BelayException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.E_USAGE);
            assertThat(refused.what()).isEqualTo("t-7fq2 has no turn 3");
            assertThat(refused.why()).startsWith("it has turns 1 to 2, 4");
        });
        assertThatThrownBy(() -> sent(log(), 0))
                .isInstanceOfSatisfying(
                        BelayException.class, none -> assertThat(none.code()).isEqualTo(ErrorCode.E_NOT_FOUND));
    }
}
