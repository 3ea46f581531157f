package dev.belay.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.Samples;
import dev.belay.cli.WrittenLog;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecorderTest {
    private static final Json TASK = Json.parse(Samples.task("failed", "1"));
    private static final String LS = "{\"command\":\"ls\"}";

    private static WrittenLog log() {
        return new WrittenLog();
    }

    /** A line per turn: what is said, then the steps of its calls. */
    private static List<String> turns(WrittenLog log) {
        return Recorder.of(TASK, log.events()).turns().stream()
                .map(turn -> turn.say()
                        + turn.calls().stream()
                                .map(call -> call.tool() + "/s" + call.step())
                                .toList())
                .toList();
    }

    private static List<String> remarks(WrittenLog log) {
        Recording recording = Recorder.of(TASK, log.events());
        List<String> all = new ArrayList<>();
        recording.turns().forEach(turn -> all.addAll(turn.remarks()));
        all.addAll(recording.last());
        return all;
    }

    static Stream<Arguments> logs() {
        return Stream.of(
                Arguments.of(
                        "every call once, in the order in which they were made",
                        log().turn(1, "m")
                                .says(1, "Both.", WrittenLog.call("c1", "Bash", LS), WrittenLog.call("c2", "Bash", LS))
                                .step(1, 1, "Bash", LS, "")
                                .step(1, 2, "Bash", LS, "")
                                .ends(1),
                        List.of("Both.[Bash/s1, Bash/s2]"),
                        "no last word was said (failed, done)"),
                Arguments.of(
                        "a person's command is none",
                        log().turn(1, "m")
                                .step(1, 1, "Bash", LS, "")
                                .step(1, 2, "exec", "{\"argv\":[\"x\"]}", "")
                                .ends(1),
                        List.of("[Bash/s1]"),
                        "a person ran a command (s2); a replay does not, during turn 1"),
                Arguments.of(
                        "Belay's own check is none",
                        log().turn(1, "m").says(1, "Done.").ends(1).step(1, 1, "check", LS, ""),
                        List.of("Done.[]"),
                        "Belay checked the work (s1)"),
                Arguments.of(
                        "a turn without an answer is none",
                        log().turn(1, "m")
                                .nextEpoch()
                                .turn(2, "m")
                                .says(2, "Done.")
                                .ends(2),
                        List.of("Done.[]"),
                        "turn 1 has no answer"),
                Arguments.of(
                        "words whose call was never written down are no answer",
                        log().turn(1, "m")
                                .says(1, "I'll")
                                .nextEpoch()
                                .turn(2, "m")
                                .says(2, "Done.")
                                .ends(2),
                        List.of("Done.[]"),
                        "turn 1 made none of its calls; it said:\nI'll"),
                Arguments.of(
                        "a call that the runner died in was made",
                        log().turn(1, "m")
                                .calls(1, 1, "c1", "Bash", LS)
                                .nextEpoch()
                                .turn(2, "m")
                                .says(2, "Done.")
                                .ends(2),
                        List.of("[Bash/s1]", "Done.[]"),
                        "s1 of turn 1 has no result of its own; a replay lets it end"),
                Arguments.of(
                        "a call that was not made is not",
                        log().turn(1, "m")
                                .says(1, "Both.", WrittenLog.call("c1", "Bash", LS), WrittenLog.call("c2", "Bash", LS))
                                .step(1, 1, "Bash", LS, "")
                                .ends(1),
                        List.of("Both.[Bash/s1]"),
                        "turn 1 wanted more calls that were not made: 1"),
                Arguments.of(
                        "calls that are made after a restart belong to their turn",
                        log().turn(1, "m")
                                .says(1, "Both.", WrittenLog.call("c1", "Bash", LS), WrittenLog.call("c2", "Bash", LS))
                                .step(1, 1, "Bash", LS, "")
                                .nextEpoch()
                                .step(1, 2, "Bash", LS, "")
                                .ends(1),
                        List.of("Both.[Bash/s1, Bash/s2]"),
                        "no last word was said (failed, done)"),
                Arguments.of(
                        "a word that was not the last stands with the turn after it",
                        log().turn(1, "m")
                                .says(1, "Done.")
                                .ends(1)
                                .person("m1", "And b?")
                                .turn(2, "m", "m1")
                                .says(2, "b too.")
                                .step(2, 1, "Bash", LS, "")
                                .ends(2)
                                .turn(3, "m")
                                .says(3, "Done.")
                                .ends(3),
                        List.of("Done.\n\nb too.[Bash/s1]", "Done.[]"),
                        "turn 1 called nothing, and the run went on; that would end a replay, so its words are here"),
                Arguments.of(
                        "files that a person moved stay where they are",
                        log().turn(1, "m")
                                .step(1, 1, "Bash", LS, "")
                                .ends(1)
                                .operation("{\"kind\":\"step\",\"from\":\"s0\",\"to\":\"s1\"}")
                                .operation("{\"kind\":\"rollback\",\"from\":\"s1\",\"to\":\"s0\",\"files_changed\":1}"),
                        List.of("[Bash/s1]"),
                        "a person moved the files from s1 to s0 (rollback); a replay does not"),
                Arguments.of(
                        "a message that came too late is told of",
                        log().turn(1, "m").says(1, "Done.").ends(1).person("m1", "Wait."),
                        List.of("Done.[]"),
                        "a person said at 2026-11-21T12:00:00Z, given to no turn:\nWait."),
                Arguments.of(
                        "a fork has its parent's past",
                        log().turn(1, "m")
                                .step(1, 1, "Bash", LS, "")
                                .ends(1)
                                .fork("Begin.", true)
                                .turn(2, "m")
                                .says(2, "Done.")
                                .ends(2),
                        List.of("[Bash/s1]", "Done.[]"),
                        "from here on it is a fork of t-aaaa at s4"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("logs")
    void what_the_model_did_is_a_turn_and_the_rest_is_a_remark(
            String what, WrittenLog log, List<String> turns, String remark) {
        assertThat(turns(log)).as(what).isEqualTo(turns);
        assertThat(remarks(log)).as(what).anyMatch(text -> text.startsWith(remark));
    }

    static Stream<Arguments> unplayable() {
        String cut = "{\"command\":\"" + "x".repeat((64 << 10) - 12);
        return Stream.of(
                Arguments.of("Bash", cut, "the log holds only the first 65,536 characters of its input"),
                Arguments.of("Bash", "{\"command\":", "its input is no JSON object"),
                Arguments.of("Bash", "[1]", "its input is no JSON object"),
                Arguments.of("Launch", "{}", "the script model has no tool Launch"),
                Arguments.of("bash", LS, "the script model has no tool bash"),
                Arguments.of("Bash", "{\"command\":\"ls\",\"cwd\":\"/\"}", "Bash has no field cwd"),
                Arguments.of("Bash", "{\"command\":[\"ls\"]}", "Bash.command must be a string"),
                Arguments.of("Bash", "{\"command\":\"ls\",\"timeout\":1.5}", "Bash.timeout must be a whole number"),
                Arguments.of("Bash", "{\"command\":\"ls\",\"timeout\":1e3}", "Bash.timeout must be a whole number"),
                Arguments.of(
                        "Bash",
                        "{\"command\":\"ls\",\"timeout\":99999999999999999999}",
                        "Bash.timeout must be a whole number"),
                Arguments.of("Edit", "{\"file_path\":\"a\",\"old_string\":\"\"}", "Edit needs the field new_string"));
    }

    @ParameterizedTest
    @MethodSource("unplayable")
    void what_a_script_cannot_do_is_refused_and_names_the_step(String tool, String input, String why) {
        WrittenLog log = log().turn(1, "m")
                .step(1, 1, "Bash", LS, "")
                .ends(1)
                .turn(2, "m")
                .step(2, 7, tool, input, "")
                .ends(2);

        assertThatThrownBy(() -> Recorder.of(TASK, log.events()))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_SCRIPT);
                    assertThat(refused.what()).isEqualTo("step s7 (turn 2) cannot be played");
                    assertThat(refused.why()).isEqualTo(why + " (layer: client)");
                });
    }

    @Test
    void words_that_are_kept_only_cut_are_refused_and_so_are_too_many_calls() {
        WrittenLog words = log().turn(1, "m").says(1, "x".repeat(256 << 10)).ends(1);
        WrittenLog calls = log().turn(1, "m");
        for (int step = 1; step <= 101; step++) {
            calls.step(1, step, "Bash", LS, "");
        }

        assertThatThrownBy(() -> Recorder.of(TASK, words.events())).hasMessage("the words of turn 1 cannot be played");
        assertThatThrownBy(() -> Recorder.of(TASK, calls.events())).hasMessage("turn 1 cannot be played");
    }

    @Test
    void where_nothing_was_answered_there_is_nothing_to_record() {
        assertThatThrownBy(() -> Recorder.of(TASK, log().turn(1, "m").ends(1).events()))
                .isInstanceOfSatisfying(
                        BelayException.class, none -> assertThat(none.code()).isEqualTo(ErrorCode.E_NOT_FOUND));
    }
}
