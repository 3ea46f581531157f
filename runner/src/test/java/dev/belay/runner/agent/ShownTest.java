package dev.belay.runner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Conversation.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTest {
    private static final String LONG = "x".repeat(200);

    /** Three answers, with what people and Belay said between them. */
    private static List<Part> talk() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part.Prompt("mend it"));
        parts.add(new Part.Note("n0"));
        answered(parts, "a");
        parts.add(new Part.Note("n1"));
        parts.add(new Part.Message("m1"));
        answered(parts, "b");
        parts.add(new Part.Message("m2"));
        parts.add(new Part.Note("n2"));
        answered(parts, "c");
        parts.add(new Part.Message("m3"));
        return parts;
    }

    private static void answered(List<Part> parts, String id) {
        ToolCall call = new ToolCall(id, "Bash", Json.object().build());
        Reply.Own own = new Reply.Own("messages", "m", Json.of(id));
        parts.add(new Part.Answer(new Reply(id, List.of(call), Reply.Usage.NONE, Optional.of(own), false)));
        parts.add(new Part.Result(call, ToolOutcome.done(id + LONG, "done")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | P n0 a ra n1 m1 b rb m2 n2 c rc m3",
                "1 | 0 | P n0 a - n1 m1 b rb m2 n2 c rc m3",
                "3 | 0 | P n0 a - n1 m1 b - m2 n2 c - m3",
                "0 | 1 | P S n1 m1 b rb m2 n2 c rc m3",
                "0 | 2 | P S m1 m2 n2 c rc m3",
                "1 | 2 | P S m1 m2 n2 c rc m3",
                "3 | 2 | P S m1 m2 n2 c - m3",
                "0 | 3 | P S m1 m2 m3",
            })
    void what_people_said_and_the_newest_answers_are_shown_whatever_is_not(int pruned, int compacted, String shown) {
        List<Part> parts = talk();
        Shown view = Shown.ALL.prune(pruned, parts);

        List<Part> seen = (compacted == 0 ? view : view.compact(compacted, "the summary", parts)).of(parts);

        assertThat(String.join(" ", seen.stream().map(ShownTest::word).toList()))
                .isEqualTo(shown);
    }

    private static String word(Part part) {
        return switch (part) {
            case Part.Prompt _ -> "P";
            case Part.Message(String text) -> text;
            case Part.Note(String text) -> text.endsWith("the summary") ? "S" : text;
            case Part.Answer(Reply reply) -> reply.text();
            case Part.Result(ToolCall call, ToolOutcome outcome) ->
                outcome.output().contains(LONG) ? "r" + call.id() : "-";
        };
    }

    @Test
    void a_result_that_is_not_shown_is_still_the_answer_to_its_call() {
        List<Part> parts = new ArrayList<>(List.of(new Part.Prompt("mend it")));
        ToolCall call = new ToolCall("a", "Bash", Json.object().build());
        parts.add(new Part.Answer(new Reply("", List.of(call), Reply.Usage.NONE)));
        parts.add(new Part.Result(call, ToolOutcome.error(LONG, "exit 1")));

        Part.Result shown = (Part.Result) Shown.ALL.prune(1, parts).of(parts).getLast();

        assertThat(shown.call()).isEqualTo(call);
        assertThat(shown.outcome().isError()).isTrue();
        assertThat(shown.outcome().output()).isEqualTo(Shown.NO_LONGER_SHOWN);
    }

    @Test
    void a_short_result_stays_because_nothing_would_be_gained() {
        List<Part> parts = new ArrayList<>(List.of(new Part.Prompt("mend it")));
        ToolCall call = new ToolCall("a", "Bash", Json.object().build());
        parts.add(new Part.Answer(new Reply("", List.of(call), Reply.Usage.NONE)));
        parts.add(new Part.Result(call, ToolOutcome.done("ok", "exit 0")));

        assertThat(Shown.ALL.prune(1, parts).of(parts)).isEqualTo(parts);
    }

    @Test
    void answers_that_were_there_before_it_changed_say_so_and_later_ones_do_not() {
        List<Part> parts = talk();
        Shown view = Shown.ALL.prune(1, parts);
        answered(parts, "d");

        List<Boolean> moved = view.of(parts).stream()
                .filter(Part.Answer.class::isInstance)
                .map(part -> ((Part.Answer) part).reply().own().orElseThrow().moved())
                .toList();

        assertThat(moved).containsExactly(true, true, true, false);
    }

    @Test
    void an_answer_of_nothing_is_not_counted_because_the_log_has_none() {
        List<Part> parts = talk();
        parts.add(2, new Part.Answer(new Reply(" ", List.of(), Reply.Usage.NONE)));

        assertThat(Shown.answers(parts)).isEqualTo(3);
        assertThat(Shown.ALL.compact(1, "s", parts).of(parts))
                .extracting(ShownTest::word)
                .doesNotContain("a")
                .contains("b");
    }

    @Test
    void a_second_summary_stands_in_place_of_the_first() {
        List<Part> parts = talk();

        List<Part> seen = Shown.ALL
                .compact(1, "the first", parts)
                .compact(2, "the summary", parts)
                .of(parts);

        assertThat(seen).filteredOn(Part.Note.class::isInstance).hasSize(2);
        assertThat(seen.get(1))
                .isInstanceOfSatisfying(
                        Part.Note.class,
                        note -> assertThat(note.text())
                                .contains("The first 2 of your answers")
                                .endsWith("the summary"));
    }
}
