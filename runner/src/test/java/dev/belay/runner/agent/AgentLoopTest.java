package dev.belay.runner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentLoopTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void a_call_is_recorded_then_made_then_answered_then_snapshotted_before_the_next() throws Exception {
        Ending ending = loop(
                        10,
                        new Reply("I look.", List.of(call("a", "Bash"), call("b", "Read")), Reply.Usage.NONE),
                        new Reply("Done.", List.of(), Reply.Usage.NONE))
                .run("fix it");

        assertThat(ending).isEqualTo(new Ending(Ending.Kind.DONE, "done", "Done."));
        assertThat(log)
                .containsExactly(
                        "turn 1",
                        "said I look.",
                        "called s1 Bash (I look.)",
                        "run Bash",
                        "returned s1",
                        "snapshot s1",
                        "called s2 Read (I look.)",
                        "run Read",
                        "returned s2",
                        "snapshot s2",
                        "end 1",
                        "turn 2",
                        "said Done.",
                        "end 2");
    }

    @Test
    void what_an_earlier_run_left_undone_is_done_before_the_model_is_asked_again() throws Exception {
        Conversation before = new Conversation("fix it");
        before.add(new Conversation.Part.Answer(
                new Reply("I look.", List.of(call("a", "Bash"), call("b", "Read")), Reply.Usage.NONE)));
        before.add(new Conversation.Part.Result(call("a", "Bash"), ToolOutcome.done("ok", "ok")));

        Ending ending =
                loop(10, new Reply("Done.", List.of(), Reply.Usage.NONE)).goOn(before, 4, List.of(call("b", "Read")));

        assertThat(ending.kind()).isEqualTo(Ending.Kind.DONE);
        assertThat(log)
                .containsExactly(
                        "called s1 Read ()",
                        "run Read",
                        "returned s1",
                        "snapshot s1",
                        "end 4",
                        "turn 5",
                        "said Done.",
                        "end 5");
        assertThat(before.parts()).hasSize(5);
    }

    @Test
    void how_people_moved_the_files_is_told_behind_the_results_and_once() throws Exception {
        notes.add("a.txt is gone");
        Conversation before = new Conversation("fix it");
        before.add(new Conversation.Part.Answer(new Reply("", List.of(call("a", "Bash")), Reply.Usage.NONE)));

        loop(
                        10,
                        new Reply("", List.of(call("b", "Read")), Reply.Usage.NONE),
                        new Reply("Done.", List.of(), Reply.Usage.NONE))
                .goOn(before, 1, List.of(call("a", "Bash")));

        assertThat(before.parts())
                .extracting(part -> part.getClass().getSimpleName())
                .containsExactly("Prompt", "Answer", "Result", "Note", "Answer", "Result", "Answer");
        assertThat(before.parts().get(3)).isEqualTo(new Conversation.Part.Note("a.txt is gone"));
    }

    @Test
    void turns_of_earlier_runs_count_towards_the_limit() throws Exception {
        Ending ending = loop(2, new Reply("", List.of(call("a", "Bash")), Reply.Usage.NONE))
                .goOn(new Conversation("go on for ever"), 1, List.of());

        assertThat(ending.stopReason()).isEqualTo("limit_turns");
        assertThat(log).contains("turn 2").doesNotContain("turn 3");
    }

    @Test
    void work_that_the_check_passes_is_done_and_the_check_is_a_step_of_its_own() throws Exception {
        checkedBy(false, passing());

        Ending ending = loop(10, edit(), done("Done.")).run("fix it");

        assertThat(ending).isEqualTo(new Ending(Ending.Kind.DONE, "done", "Done."));
        assertThat(log).endsWith("end 2", "called s2 make test ()", "check", "returned s2", "snapshot s2");
        assertThat(proof.result().orElseThrow().outcome()).isEqualTo(Proof.Outcome.PASSED);
    }

    @Test
    void a_model_whose_work_does_not_hold_is_told_what_failed_and_checked_again() throws Exception {
        checkedBy(false, failing(2, "2 tests failed"), passing());

        Ending ending =
                loop(10, edit(), done("Done."), edit(), done("Now it is.")).run("fix it");

        assertThat(ending).isEqualTo(new Ending(Ending.Kind.DONE, "done", "Now it is."));
        assertThat(toldNotes).singleElement().asString().contains("does not pass", "`make test`", "2 tests failed");
    }

    @Test
    void a_check_that_fails_twice_fails_the_task_and_its_work_is_kept() throws Exception {
        checkedBy(false, failing(2, "no"), failing(2, "no"));

        Ending ending = loop(10, edit(), done("Done."), done("It is done.")).run("fix it");

        assertThat(ending.kind()).isEqualTo(Ending.Kind.FAILED);
        assertThat(ending.stopReason()).isEqualTo("check_failed");
        assertThat(ending.detail()).contains("`make test` fails", "exit 2", "its work is kept");
    }

    @Test
    void a_model_that_was_told_on_another_runner_is_not_told_again() throws Exception {
        toldBefore = true;
        checkedBy(false, failing(2, "no"));

        assertThat(loop(10, edit(), done("Done.")).run("fix it").stopReason()).isEqualTo("check_failed");
    }

    @Test
    void where_no_file_was_changed_nothing_is_checked() throws Exception {
        filesChanged = false;
        checkedBy(false);

        assertThat(loop(10, done("It is 42.")).run("what is it?").kind()).isEqualTo(Ending.Kind.DONE);
        assertThat(proof.result().orElseThrow().outcome()).isEqualTo(Proof.Outcome.NOT_NEEDED);
    }

    @ParameterizedTest
    @CsvSource({
        "true,  127, false, DONE",
        "true,  126, false, DONE",
        "true,  124, true,  DONE",
        "true,  124, false, FAILED",
        "true,  2,   false, FAILED",
        "false, 127, false, FAILED",
        "false, 124, true,  FAILED"
    })
    void a_check_that_nobody_named_and_that_cannot_run_here_says_nothing(
            boolean detected, int exit, boolean timedOut, Ending.Kind kind) throws Exception {
        toldBefore = true;
        checkedBy(detected, new ToolOutcome(true, OptionalInt.of(exit), "", "exit " + exit, 0, timedOut));

        assertThat(loop(10, edit(), done("Done.")).run("fix it").kind()).isEqualTo(kind);
    }

    @Test
    void a_script_cannot_mend_what_the_check_shows() throws Exception {
        chooses = false;
        checkedBy(false, failing(1, "no"));

        assertThat(loop(10, edit(), done("Done.")).run("fix it").stopReason()).isEqualTo("check_failed");
    }

    @Test
    void a_person_who_spoke_while_the_check_ran_is_answered() throws Exception {
        checkedBy(false, passing(), passing());
        said.add(new Said(3, "and the docs"));
        duringCheck = () -> turnsEnded = 2;

        Ending ending = loop(10, edit(), done("Done."), done("Docs, too.")).run("fix it");

        assertThat(ending.detail()).isEqualTo("Docs, too.");
    }

    @Test
    void a_sandbox_that_is_lost_in_the_check_is_not_the_works_fault() throws Exception {
        checkedBy(false);
        loseCheck = true;

        assertThat(loop(10, edit(), done("Done.")).run("fix it").kind()).isEqualTo(Ending.Kind.SANDBOX_LOST);
    }

    @Test
    void a_task_that_moved_after_the_last_words_is_checked_and_its_model_not_asked() throws Exception {
        checkedBy(false, passing());
        Conversation before = new Conversation("fix it");
        before.add(new Conversation.Part.Answer(done("Done.")));

        Ending ending = loop(10).goOn(before, 4, List.of());

        assertThat(ending).isEqualTo(new Ending(Ending.Kind.DONE, "done", "Done."));
        assertThat(asked).isEmpty();
    }

    @Test
    void last_words_of_the_task_that_this_one_was_forked_from_are_not_its_own() throws Exception {
        Conversation before = new Conversation("fix it");
        before.add(new Conversation.Part.Answer(done("Done.")));

        Ending ending = loop(10, done("Done once more.")).goOn(before.reopened(), 4, List.of());

        assertThat(ending.detail()).isEqualTo("Done once more.");
    }

    @Test
    void one_that_moved_after_it_was_told_of_a_failure_is_asked_first() throws Exception {
        toldBefore = true;
        notes.add("the check does not pass");
        checkedBy(false, passing());
        Conversation before = new Conversation("fix it");
        before.add(new Conversation.Part.Answer(done("Done.")));

        Ending ending = loop(10, done("Mended.")).goOn(before, 4, List.of());

        assertThat(ending.detail()).isEqualTo("Mended.");
    }

    private static Reply edit() {
        return new Reply("", List.of(call("a", "Edit")), Reply.Usage.NONE);
    }

    private static Reply done(String words) {
        return new Reply(words, List.of(), Reply.Usage.NONE);
    }

    private static ToolOutcome passing() {
        return new ToolOutcome(false, OptionalInt.of(0), "exit code: 0", "exit 0", 0, false);
    }

    private static ToolOutcome failing(int code, String output) {
        return new ToolOutcome(true, OptionalInt.of(code), output, "exit " + code, 0, false);
    }

    private void checkedBy(boolean detected, ToolOutcome... outcomes) {
        Deque<ToolOutcome> left = new ArrayDeque<>(List.of(outcomes));
        check = Optional.of(new Check() {
            @Override
            public String command() {
                return "make test";
            }

            @Override
            public boolean detected() {
                return detected;
            }

            @Override
            public ToolOutcome run() throws ToolsLostException {
                log.add("check");
                duringCheck.run();
                if (loseCheck) {
                    throw new ToolsLostException("gone", new java.io.IOException());
                }
                return left.removeFirst();
            }
        });
    }

    private Optional<Check> check = Optional.empty();
    private Proof proof = Proof.none(new LoggingRecord(), InstantSource.system());
    private final List<String> toldNotes = new ArrayList<>();
    private Runnable duringCheck = () -> {};
    private boolean toldBefore;
    private boolean filesChanged = true;
    private boolean loseCheck;
    private boolean chooses = true;

    @Test
    void the_limit_of_turns_ends_the_task_with_its_reason() throws Exception {
        Reply again = new Reply("", List.of(call("a", "Bash")), Reply.Usage.NONE);

        Ending ending = loop(2, again, again, again).run("go on for ever");

        assertThat(ending.kind()).as("not failed: it could go on").isEqualTo(Ending.Kind.AT_LIMIT);
        assertThat(ending.stopReason()).isEqualTo("limit_turns");
        assertThat(log).doesNotContain("turn 3");
    }

    @Test
    void without_a_snapshot_the_task_does_not_go_on() throws Exception {
        failSnapshots = true;

        Ending ending = loop(10, new Reply("", List.of(call("a", "Bash"), call("b", "Bash")), Reply.Usage.NONE))
                .run("x");

        assertThat(ending.stopReason()).isEqualTo("snapshot_failed");
        assertThat(log).containsOnlyOnce("run Bash");
    }

    @Test
    void a_model_without_an_answer_fails_the_task_in_the_models_words() throws Exception {
        Ending ending = loop(10).run("x");

        assertThat(ending).isEqualTo(new Ending(Ending.Kind.FAILED, "script_ended", "nothing more"));
    }

    @Test
    void a_lost_sandbox_ends_the_run_and_not_the_task() throws Exception {
        loseTools = true;

        Ending ending = loop(10, new Reply("", List.of(call("a", "Bash")), Reply.Usage.NONE))
                .run("x");

        assertThat(ending.stopReason()).isEqualTo("sandbox_lost");
        assertThat(ending.kind()).isEqualTo(Ending.Kind.SANDBOX_LOST);
    }

    @Test
    void what_a_person_says_is_given_to_the_model_with_the_next_turn_once() throws Exception {
        said.add(new Said(2, "use tabs"));
        Reply work = new Reply("", List.of(call("a", "Bash")), Reply.Usage.NONE);

        loop(10, work, work, new Reply("Done.", List.of(), Reply.Usage.NONE)).run("fix it");

        assertThat(log).contains("turn 1", "turn 2 told [use tabs]", "turn 3");
        assertThat(asked).containsExactly("fix it", "fix it | use tabs", "fix it | use tabs");
    }

    @Test
    void what_a_person_says_while_the_last_turn_ends_gets_another_turn() throws Exception {
        said.add(new Said(2, "and the docs"));

        Ending ending = loop(
                        10,
                        new Reply("Done.", List.of(), Reply.Usage.NONE),
                        new Reply("The docs, too.", List.of(), Reply.Usage.NONE))
                .run("fix it");

        assertThat(ending.detail()).isEqualTo("The docs, too.");
        assertThat(log).containsSubsequence("said Done.", "turn 2 told [and the docs]", "said The docs, too.");
    }

    @Test
    void what_is_said_when_no_turn_is_left_is_not_taken_for_heard() throws Exception {
        said.add(new Said(2, "and the docs"));

        Ending ending = loop(1, new Reply("Done.", List.of(), Reply.Usage.NONE)).run("fix it");

        assertThat(ending.kind()).isEqualTo(Ending.Kind.AT_LIMIT);
        assertThat(said).hasSize(1);
    }

    @Test
    void a_model_is_not_asked_when_what_it_may_cost_is_spent() throws Exception {
        budget = new Budget(0.10, 0.06);

        Ending ending = loop(
                        10,
                        new Reply("", List.of(call("c1", "Bash")), new Reply.Usage(10, 10, 0.05)),
                        new Reply("Done.", List.of(), Reply.Usage.NONE))
                .run("fix it");

        assertThat(ending.kind()).isEqualTo(Ending.Kind.AT_LIMIT);
        assertThat(ending.stopReason()).isEqualTo("limit_usd");
        assertThat(ending.detail()).isEqualTo("the task used $0.1100 of its $0.1000; its work is safe");
        assertThat(log).contains("snapshot s1").doesNotContain("turn 2");
    }

    @Test
    void a_limit_of_dollars_ends_at_the_first_answer_without_a_price() throws Exception {
        budget = new Budget(5, 0);

        Ending ending = loop(10, new Reply("", List.of(call("c1", "Bash")), new Reply.Usage(10, 10, 0).unpriced()))
                .run("fix it");

        assertThat(ending.stopReason()).isEqualTo("limit_usd");
        assertThat(ending.detail()).contains("no known price");
    }

    @Test
    void a_model_that_may_answer_later_leaves_the_task_waiting_and_not_failed() throws Exception {
        passes = true;

        Ending ending = loop(10).run("fix it");

        assertThat(ending.kind()).isEqualTo(Ending.Kind.AT_LIMIT);
        assertThat(ending.stopReason()).isEqualTo("script_ended");
    }

    @Test
    void a_model_that_goes_in_a_circle_is_told_and_then_stopped_for_a_person() throws Exception {
        Reply same = new Reply("", List.of(call("c", "Bash")), Reply.Usage.NONE);

        Ending ending = loop(10, same, same, same, same, same).run("fix it");

        assertThat(ending.kind()).isEqualTo(Ending.Kind.AT_LIMIT);
        assertThat(ending.stopReason()).isEqualTo("doom_loop");
        assertThat(ending.detail()).contains("\"Bash\"").contains("\"ok\"");
        assertThat(log).contains("snapshot s4").doesNotContain("snapshot s5");
        assertThat(asked.get(2)).doesNotContain("same call three times");
        assertThat(asked.get(3)).contains("same call three times");
    }

    @Test
    void an_answer_that_was_cut_is_not_the_last_one() throws Exception {
        Ending ending = loop(10, cut("It is"), new Reply("done.", List.of(), Reply.Usage.NONE))
                .run("fix it");

        assertThat(ending.kind()).isEqualTo(Ending.Kind.DONE);
        assertThat(log).containsSubsequence("said It is", "turn 2", "said done.");
    }

    @Test
    void a_model_whose_answers_are_cut_again_and_again_is_not_asked_for_ever() throws Exception {
        Ending ending = loop(10, cut("a"), cut("b"), cut("c"), cut("d")).run("fix it");

        assertThat(ending.stopReason()).isEqualTo("model_cut");
        assertThat(log).contains("said c").doesNotContain("said d");
    }

    private static Reply cut(String text) {
        return new Reply(text, List.of(), Reply.Usage.NONE, java.util.Optional.empty(), true);
    }

    /** Somebody says it before this turn. */
    private record Said(int turn, String text) {}

    private final List<Said> said = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private int turnsEnded;
    private Budget budget = Budget.unlimited();
    private boolean passes;
    private boolean failSnapshots;
    private boolean loseTools;

    private AgentLoop loop(int maxTurns, Reply... replies) {
        List<Reply> left = new ArrayList<>(List.of(replies));
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
            public Reply reply(Conversation conversation, Listener listener) throws ModelException {
                asked.add(conversation.parts().stream()
                        .flatMap(part -> switch (part) {
                            case Conversation.Part.Prompt(String text) -> java.util.stream.Stream.of(text);
                            case Conversation.Part.Message(String text) -> java.util.stream.Stream.of(text);
                            case Conversation.Part.Note(String text)
                            when text.contains("three times") -> java.util.stream.Stream.of(text);
                            default -> java.util.stream.Stream.<String>empty();
                        })
                        .collect(java.util.stream.Collectors.joining(" | ")));
                if (left.isEmpty()) {
                    throw new ModelException("script_ended", "nothing more", passes);
                }
                return left.removeFirst();
            }
        };
        Tools tools = new Tools() {
            @Override
            public List<ToolSpec> specs() {
                return List.of();
            }

            @Override
            public ToolOutcome call(ToolCall call) throws ToolsLostException {
                log.add("run " + call.tool());
                if (loseTools) {
                    throw new ToolsLostException("gone", new java.io.IOException());
                }
                return ToolOutcome.done("ok", "ok");
            }

            @Override
            public String summary(ToolCall call) {
                return call.tool();
            }
        };
        StepRecord record = new LoggingRecord();
        proof = new Proof(check, record, ToolOutputMark.NONE, toldBefore, InstantSource.system());
        return new AgentLoop(model, tools, record, maxTurns, budget, proof, InstantSource.system());
    }

    private static ToolCall call(String id, String tool) {
        return new ToolCall(id, tool, Json.object().build());
    }

    private final List<String> notes = new ArrayList<>();

    private final class LoggingRecord implements StepRecord {
        private int steps;

        @Override
        public List<String> untold() {
            List<String> all = List.copyOf(notes);
            notes.clear();
            return all;
        }

        @Override
        public void tell(String note) {
            notes.add(note);
            toldNotes.add(note);
        }

        @Override
        public void noted(int turn, String note) {
            log.add("noted " + turn);
        }

        @Override
        public boolean hasUntold() {
            return !notes.isEmpty();
        }

        @Override
        public boolean changed() {
            return filesChanged;
        }

        @Override
        public List<String> turnStarted(int turn, String model) {
            List<String> now = said.stream()
                    .filter(one -> one.turn() <= turn)
                    .map(Said::text)
                    .toList();
            said.removeIf(one -> one.turn() <= turn);
            log.add("turn " + turn + (now.isEmpty() ? "" : " told " + now));
            return now;
        }

        @Override
        public boolean isSpokenTo() {
            return said.stream().anyMatch(one -> one.turn() <= turnsEnded + 1);
        }

        @Override
        public void saying(int turn, String piece) {
            throw new AssertionError("this model gives its answers whole");
        }

        @Override
        public void askedAgain(int turn, String why) {
            throw new AssertionError("this model is asked once");
        }

        @Override
        public void pruned(int turn, Pruned pruned) {
            throw new AssertionError("this model reads all");
        }

        @Override
        public void compacted(int turn, Compacted compacted) {
            throw new AssertionError("this model reads all");
        }

        @Override
        public void answered(int turn, Reply reply) {
            if (!reply.text().isEmpty()) {
                log.add("said " + reply.text());
            }
        }

        @Override
        public void turnEnded(int turn, Reply.Usage usage) {
            log.add("end " + turn);
            turnsEnded = turn;
        }

        @Override
        public int nextStep(int turn) {
            return ++steps;
        }

        @Override
        public void called(int turn, int step, ToolCall call, String summary, String reason) {
            log.add("called s" + step + " " + summary + " (" + reason + ")");
        }

        @Override
        public void returned(int turn, int step, ToolCall call, ToolOutcome outcome, Duration took) {
            log.add("returned s" + step);
        }

        @Override
        public String snapshot(int turn, int step, ToolCall call) throws NoSnapshotException {
            if (failSnapshots) {
                throw new NoSnapshotException("disk full", new java.io.IOException());
            }
            log.add("snapshot s" + step);
            return "tree";
        }
    }
}
