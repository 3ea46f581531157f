package dev.belay.runner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Model.ModelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ContextTest {
    private static final Reply.Usage USED = new Reply.Usage(1_000, 100, 0.5);
    private static final Reply SUMMARY = new Reply("the summary", List.of(), USED);
    private static final Reply ANSWER = new Reply("go", List.of(), new Reply.Usage(10, 1, 0.25));
    private static final ModelException TOO_LONG = new ModelException("context_full", "too long");

    private final List<String> log = new ArrayList<>();
    private final List<Conversation> asked = new ArrayList<>();
    private Budget budget = Budget.unlimited();
    private boolean chooses = true;

    /** Of 100,000 tokens 84,000 may be read; 15,000 of the newest answers stay. */
    private final Window window = new Window(100_000, 8_000, 0);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // answers | tokens of each one's words | and of its result | what is done
                "4 | 0 | 1000 | asked",
                "9 | 0 | 5000 | asked",
                "10 | 0 | 6000 | asked",
                "12 | 0 | 6000 | pruned 5 of 5, asked",
                "15 | 0 | 4400 | pruned 5 of 5, asked",
                "1 | 0 | 60000 | asked",
                "2 | 0 | 30000 | asked",
                "3 | 0 | 26000 | pruned 1 of 1, asked",
                "200 | 0 | 500 | pruned 121 of 121, asked",
                "2 | 0 | 45000 | for a summary, summarised 1, asked",
                "3 | 0 | 30000 | pruned 1 of 1, asked",
                "3 | 0 | 45000 | pruned 1 of 1, for a summary, summarised 2, asked",
                "20 | 4500 | 10 | for a summary, summarised 17, asked",
                "20 | 4000 | 10 | asked",
                "1 | 0 | 90000 | asked",
            })
    void results_are_pruned_where_it_is_worth_it_and_answers_summarised_where_that_is_not_enough(
            int answers, int words, int result, String done) throws Exception {
        boolean summarised = done.contains("summarised");

        Reply reply = context(summarised ? List.of(SUMMARY, ANSWER) : List.of(ANSWER))
                .reply(talk(answers, words, result), 7, listener());

        assertThat(String.join(", ", log)).isEqualTo(done);
        assertThat(reply.text()).isEqualTo("go");
    }

    @Test
    void the_question_for_a_summary_is_what_the_model_was_shown_with_a_note_behind_it() throws Exception {
        Conversation conversation = talk(2, 0, 45_000);
        List<Part> before = List.copyOf(conversation.parts());

        context(List.of(SUMMARY, ANSWER)).reply(conversation, 7, listener());

        List<Part> question = asked.getFirst().shown().parts();
        assertThat(question.subList(0, question.size() - 1)).isEqualTo(before);
        assertThat(question.getLast()).isInstanceOf(Part.Note.class);
        assertThat(conversation.parts()).as("all of it is kept").isEqualTo(before);
    }

    @Test
    void a_second_summary_is_made_of_the_first_and_what_came_since() throws Exception {
        Conversation conversation = talk(2, 0, 45_000);
        Reply untold = ANSWER.costing(Reply.Usage.NONE);
        Context context = context(List.of(SUMMARY, untold, SUMMARY, untold));
        context.reply(conversation, 7, listener());
        answered(conversation, 0, 45_000);

        context.reply(conversation, 8, listener());

        assertThat(log)
                .containsExactly("for a summary", "summarised 1", "asked", "for a summary", "summarised 2", "asked");
        assertThat(asked.get(2).shown().parts().get(1))
                .isInstanceOfSatisfying(
                        Part.Note.class, note -> assertThat(note.text()).endsWith("the summary"));
        assertThat(asked.getLast().shown().parts())
                .filteredOn(Part.Note.class::isInstance)
                .hasSize(1);
    }

    @Test
    void what_a_summary_takes_is_in_the_turn_and_in_the_budget() throws Exception {
        budget = new Budget(0.8, 0);

        Reply reply = context(List.of(SUMMARY, ANSWER)).reply(talk(2, 0, 45_000), 7, listener());

        assertThat(reply.usage()).isEqualTo(new Reply.Usage(1_010, 101, 0.75));
        assertThat(budget.spent()).isEmpty();
        budget.spend(new Reply.Usage(0, 0, 0.05));
        assertThat(budget.spent()).isPresent();
    }

    @Test
    void a_budget_that_the_summary_ends_asks_no_more() {
        budget = new Budget(0.5, 0);
        Context context = context(List.of(SUMMARY, ANSWER));

        assertThatThrownBy(() -> context.reply(talk(2, 0, 45_000), 7, listener()))
                .isInstanceOfSatisfying(ModelException.class, spent -> {
                    assertThat(spent.stopReason()).isEqualTo("limit_usd");
                    assertThat(spent.passes()).isTrue();
                });
        assertThat(context.spent()).isEqualTo(USED);
        assertThat(log).containsExactly("for a summary", "summarised 1");
    }

    static Stream<Arguments> noSummary() {
        ToolCall call = new ToolCall("z", "Bash", Json.object().build());
        Reply calling = new Reply("I do", List.of(call), USED);
        Reply nothing = new Reply(" \n", List.of(), USED);
        Reply cut = new Reply("the summ", List.of(), USED, Optional.empty(), true);
        Reply endless = new Reply("x".repeat(200_000), List.of(), USED);
        return Stream.of(
                Arguments.of(List.of(calling, calling), "it called a tool", 2),
                Arguments.of(List.of(nothing, nothing), "it was empty", 2),
                Arguments.of(List.of(cut, cut), "it was cut at its length limit", 2),
                Arguments.of(List.of(endless, endless), "longer than any summary", 2),
                Arguments.of(List.of(nothing, calling), "it called a tool", 2),
                Arguments.of(List.of(new ModelException("model_declined", "no")), "no", 0),
                Arguments.of(List.of(TOO_LONG, TOO_LONG), "too long", 0),
                Arguments.of(List.of(TOO_LONG, nothing, nothing), "it was empty", 2));
    }

    @ParameterizedTest
    @MethodSource("noSummary")
    void without_a_summary_nothing_is_taken_out_and_the_task_ends_with_the_reason(
            List<Object> answers, String why, int paid) {
        Conversation conversation = talk(2, 0, 45_000);
        Context context = context(answers);

        assertThatThrownBy(() -> context.reply(conversation, 7, listener()))
                .isInstanceOfSatisfying(ModelException.class, full -> {
                    assertThat(full.stopReason()).isEqualTo("context_full");
                    assertThat(full.passes()).isFalse();
                    assertThat(full.getMessage()).contains("written", "could not be summarised", why);
                });
        assertThat(conversation.shown()).isSameAs(conversation);
        assertThat(context.spent().tokensIn()).isEqualTo(1_000L * paid);
        assertThat(log).hasSize(answers.size()).containsOnly("for a summary");
    }

    @Test
    void a_second_attempt_helps() throws Exception {
        Reply nothing = new Reply("", List.of(), USED);

        Reply reply = context(List.of(nothing, SUMMARY, ANSWER)).reply(talk(2, 0, 45_000), 7, listener());

        assertThat(reply.usage().tokensIn()).isEqualTo(2_010);
        assertThat(log).containsExactly("for a summary", "for a summary", "summarised 1", "asked");
    }

    @Test
    void a_provider_that_may_answer_later_leaves_the_task_waiting_and_not_failed() {
        ModelException busy = new ModelException("model_unavailable", "busy", true);

        assertThatThrownBy(() -> context(List.of(busy)).reply(talk(2, 0, 45_000), 7, listener()))
                .isSameAs(busy);
    }

    @Test
    void what_the_provider_refuses_is_summarised_with_the_beginnings_of_results_and_asked_again() throws Exception {
        Conversation conversation = talk(4, 0, 1_000);

        Reply reply = context(List.of(TOO_LONG, SUMMARY, ANSWER)).reply(conversation, 7, listener());

        assertThat(reply.text()).isEqualTo("go");
        assertThat(log).containsExactly("asked", "for a summary", "summarised 3", "asked");
        assertThat(asked.get(1).parts())
                .filteredOn(Part.Result.class::isInstance)
                .hasSize(4)
                .allSatisfy(part ->
                        assertThat(((Part.Result) part).outcome().output()).hasSize(2_001));
    }

    @Test
    void it_is_summarised_once_for_a_question() {
        assertThatThrownBy(() -> context(List.of(TOO_LONG, SUMMARY, TOO_LONG)).reply(talk(4, 0, 1_000), 7, listener()))
                .isSameAs(TOO_LONG);
        log.clear();
        assertThatThrownBy(() -> context(List.of(SUMMARY, TOO_LONG)).reply(talk(2, 0, 45_000), 7, listener()))
                .isSameAs(TOO_LONG);

        assertThat(log).containsExactly("for a summary", "summarised 1", "asked");
    }

    @Test
    void what_has_no_answer_to_stand_a_summary_for_is_too_long() {
        assertThatThrownBy(() -> context(List.of(TOO_LONG)).reply(new Conversation("x"), 1, listener()))
                .isSameAs(TOO_LONG);
    }

    @Test
    void a_model_that_does_not_choose_is_shown_all_of_it() throws Exception {
        chooses = false;
        Conversation conversation = talk(60, 0, 10_000);

        context(List.of(ANSWER)).reply(conversation, 7, listener());

        assertThat(log).containsExactly("asked");
        assertThat(asked.getFirst().shown()).isSameAs(conversation);
    }

    private static Conversation talk(int answers, int words, int result) {
        Conversation conversation = new Conversation("mend it");
        for (int i = 0; i < answers; i++) {
            answered(conversation, words, result);
        }
        return conversation;
    }

    private static void answered(Conversation conversation, int words, int result) {
        ToolCall call = new ToolCall(
                "c" + conversation.parts().size(), "Bash", Json.object().build());
        conversation.add(new Part.Answer(new Reply("say ".repeat(words), List.of(call), Reply.Usage.NONE)));
        conversation.add(new Part.Result(call, ToolOutcome.done("out ".repeat(result), "exit 0")));
    }

    private static Model.Listener listener() {
        return new Model.Listener() {
            @Override
            public void heard(String piece) {
                throw new AssertionError("no piece is said");
            }

            @Override
            public void again(String why) {
                throw new AssertionError("nothing is asked again");
            }
        };
    }

    /** @param answers in their order: replies, and exceptions that are thrown */
    private Context context(List<?> answers) {
        List<Object> left = new ArrayList<>(answers);
        Model model = new Model() {
            @Override
            public String name() {
                return "written";
            }

            @Override
            public boolean chooses() {
                return chooses;
            }

            @Override
            public Optional<Window> window() {
                return Optional.of(window);
            }

            @Override
            public Reply reply(Conversation conversation, Listener listener) throws ModelException {
                boolean forSummary =
                        conversation.parts().getLast() instanceof Part.Note(String text) && text.contains("hand-over");
                log.add(forSummary ? "for a summary" : "asked");
                asked.add(conversation);
                return switch (left.removeFirst()) {
                    case ModelException refused -> throw refused;
                    case Object reply -> (Reply) reply;
                };
            }
        };
        return new Context(model, new Log(), budget);
    }

    private final class Log implements StepRecord {
        @Override
        public void tell(String note) {
            throw new AssertionError("nothing was checked");
        }

        @Override
        public boolean hasUntold() {
            return false;
        }

        @Override
        public boolean changed() {
            return true;
        }

        @Override
        public void noted(int turn, String note) {
            throw new AssertionError("this model goes in no circle");
        }

        @Override
        public void pruned(int turn, Pruned pruned) {
            log.add("pruned %d of %d".formatted(pruned.results(), pruned.answers()));
        }

        @Override
        public void compacted(int turn, Compacted compacted) {
            assertThat(compacted.summary()).isEqualTo("the summary");
            log.add("summarised " + compacted.answers());
        }

        @Override
        public List<String> turnStarted(int turn, String model) {
            throw unasked();
        }

        @Override
        public boolean isSpokenTo() {
            throw unasked();
        }

        @Override
        public List<String> untold() {
            throw unasked();
        }

        @Override
        public void saying(int turn, String piece) {
            throw unasked();
        }

        @Override
        public void askedAgain(int turn, String why) {
            throw unasked();
        }

        @Override
        public void answered(int turn, Reply reply) {
            throw unasked();
        }

        @Override
        public void turnEnded(int turn, Reply.Usage usage) {
            throw unasked();
        }

        @Override
        public int nextStep(int turn) {
            throw unasked();
        }

        @Override
        public void called(int turn, int step, ToolCall call, String summary, String reason) {
            throw unasked();
        }

        @Override
        public void returned(int turn, int step, ToolCall call, ToolOutcome outcome, Duration took) {
            throw unasked();
        }

        @Override
        public String snapshot(int turn, int step, ToolCall call) {
            throw unasked();
        }

        private AssertionError unasked() {
            return new AssertionError("this is told by the loop");
        }
    }
}
