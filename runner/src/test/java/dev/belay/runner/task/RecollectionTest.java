package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.proto.v1.ContextCompacted;
import dev.belay.proto.v1.ContextPruned;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.ModelBriefed;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.ModelNoted;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.OperationRecorded;
import dev.belay.proto.v1.OwnForm;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.SnapshotCreated;
import dev.belay.proto.v1.TaskForked;
import dev.belay.proto.v1.ToolCalled;
import dev.belay.proto.v1.ToolReturned;
import dev.belay.proto.v1.TurnEnded;
import dev.belay.proto.v1.TurnStarted;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecollectionTest {
    @Test
    void answers_and_results_come_back_in_their_order() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(
                        said(1, "I look.", "a", "b"),
                        called(1, "a"),
                        returned(1, "a", "42 files"),
                        kept("a"),
                        called(1, "b"),
                        returned(1, "b", "ok"),
                        kept("b"),
                        called(2, "c"),
                        returned(2, "c", "done"),
                        kept("c")));

        assertThat(words(before))
                .containsExactly(
                        "prompt fix it",
                        "answer 'I look.' [a, b]",
                        "result a: 42 files",
                        "result b: ok",
                        "answer '' [c]",
                        "result c: done");
        assertThat(before.left()).isEmpty();
        assertThat(before.turn()).isEqualTo(2);
        assertThat(before.conversation().replies()).isEqualTo(2);
    }

    @Test
    void an_answer_goes_back_in_its_providers_own_form() {
        Json content = Json.parse("[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s\"}]");
        Event answer = Event.newBuilder()
                .setTurn(1)
                .setModelMessage(ModelMessage.newBuilder()
                        .setText("I look.")
                        .addCalls(ToolCalled.newBuilder()
                                .setCallId("a")
                                .setTool("Bash")
                                .setInputJson("{}"))
                        .setOwn(OwnForm.newBuilder()
                                .setWire("messages")
                                .setModel("m")
                                .setJson(content.print())))
                .build();

        Recollection before = Recollection.of("fix it", List.of(answer));

        Part.Answer found = (Part.Answer) before.conversation().parts().get(1);
        assertThat(found.reply().own()).contains(new Reply.Own("messages", "m", content));
        assertThat(before.left()).extracting(ToolCall::id).containsExactly("a");
    }

    @Test
    void a_call_whose_input_was_no_json_is_the_same_call_again() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(Event.newBuilder()
                        .setTurn(1)
                        .setToolCall(ToolCalled.newBuilder()
                                .setCallId("a")
                                .setTool("Write")
                                .setInputJson("{\"file_path\":\"a"))
                        .build()));

        Part.Answer found = (Part.Answer) before.conversation().parts().get(1);
        assertThat(found.reply().calls())
                .containsExactly(new ToolCall("a", "Write", Json.object().build(), "{\"file_path\":\"a"));
    }

    @Test
    void what_a_model_was_told_at_first_is_told_again() {
        ModelBriefed told = ModelBriefed.newBuilder()
                .setModel("anthropic/m")
                .setSystem("You are")
                .setToolsJson("[]")
                .build();

        Recollection before = Recollection.of(
                "fix it", List.of(Event.newBuilder().setModelBriefed(told).build()));

        assertThat(before.briefed()).contains(told);
    }

    @Test
    void moves_of_the_files_are_told_before_the_turn_that_follows_them_and_once() {
        Event moved = Event.newBuilder()
                .setOperation(OperationRecorded.newBuilder()
                        .setOperation(Operation.newBuilder()
                                .setKind("revert")
                                .setReverts("s1")
                                .setTo("s4")
                                .setFilesChanged(2)
                                .addFiles(FileChange.newBuilder()
                                        .setPath("a\u001b[2J")
                                        .setStatus("M"))))
                .build();
        List<Event> log = List.of(
                said(1, "I look.", "a", "b"),
                called(1, "a"),
                returned(1, "a", "ok"),
                kept("a"),
                moved,
                called(1, "b"),
                returned(1, "b", "ok"),
                kept("b"));

        Recollection between = Recollection.of("fix it", log);
        assertThat(words(between)).last().isEqualTo("result b: ok");
        assertThat(between.untold())
                .singleElement()
                .asString()
                .startsWith("A person undid what step s1 changed, and nothing else.")
                .contains("changed: a?[2J")
                .endsWith("and 1 more");

        List<Event> later = new ArrayList<>(log);
        later.addAll(List.of(called(2, "c"), returned(2, "c", "done"), kept("c")));
        Recollection after = Recollection.of("fix it", later);
        assertThat(words(after))
                .containsSubsequence("result b: ok", "note and 1 more", "answer '' [c]", "result c: done");
        assertThat(after.untold()).isEmpty();
    }

    @Test
    void calls_of_the_last_answer_that_were_never_begun_are_left_to_do() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(
                        said(1, "", "a", "b", "c"),
                        called(1, "a"),
                        returned(1, "a", "ok"),
                        called(1, "b"),
                        returned(1, "b", "interrupted")));

        assertThat(before.left()).extracting(ToolCall::id).containsExactly("c");
        assertThat(before.left().getFirst().input().print()).isEqualTo("{\"command\":\"make c\"}");
        assertThat(before.turn()).isEqualTo(1);
    }

    @Test
    void a_call_that_was_begun_is_never_left_to_do_again_even_where_the_log_has_no_result() {
        Recollection before = Recollection.of("fix it", List.of(called(1, "a")));

        assertThat(before.left()).isEmpty();
        assertThat(words(before)).last().asString().contains("result a: The call was interrupted and has no result");
    }

    @Test
    void a_call_that_came_back_and_was_not_kept_does_not_pass_for_done() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(called(1, "a"), returned(1, "a", "ok"), kept("a"), called(2, "b"), returned(2, "b", "ok")));

        assertThat(before.left()).isEmpty();
        assertThat(words(before)).contains("result a: ok");
        assertThat(words(before)).last().asString().contains("result b: The call came back", "was lost");
    }

    @Test
    void an_answer_of_which_only_words_are_known_is_asked_for_again() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(
                        called(1, "a"),
                        returned(1, "a", "ok"),
                        kept("a"),
                        said(2, "Now I will"),
                        said(3, "Now I will")));

        assertThat(words(before)).containsExactly("prompt fix it", "answer '' [a]", "result a: ok");
        assertThat(before.turn()).isEqualTo(1);
    }

    @Test
    void what_people_ran_in_the_sandbox_is_no_part_of_the_conversation() {
        Event exec = Event.newBuilder()
                .setTurn(1)
                .setToolCall(ToolCalled.newBuilder().setCallId("p").setTool("exec"))
                .build();
        Event its = Event.newBuilder()
                .setTurn(1)
                .setToolResult(ToolReturned.newBuilder().setCallId("p").setTool("exec"))
                .build();

        Recollection before =
                Recollection.of("fix it", List.of(called(1, "a"), returned(1, "a", "ok"), kept("a"), exec, its));

        assertThat(words(before)).containsExactly("prompt fix it", "answer '' [a]", "result a: ok");
    }

    @Test
    void a_call_whose_input_was_cut_is_not_made_but_asked_for_again() {
        ToolCalled cut = ToolCalled.newBuilder()
                .setCallId("b")
                .setTool("Write")
                .setInputJson("{\"content\":\"" + "a".repeat(TaskRecord.INPUT_LENGTH - 12))
                .build();
        Event answer = Event.newBuilder()
                .setTurn(1)
                .setModelMessage(ModelMessage.newBuilder().addCalls(call("a")).addCalls(cut))
                .build();

        Recollection before = Recollection.of("fix it", List.of(answer, called(1, "a"), returned(1, "a", "ok")));

        assertThat(before.left()).isEmpty();
        assertThat(words(before)).last().asString().contains("result b: The call was not made");
    }

    @Test
    void what_people_said_stands_where_the_model_was_given_it_and_not_where_it_came() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(
                        called(1, "a"),
                        person("m1", "use tabs"),
                        returned(1, "a", "ok"),
                        kept("a"),
                        person("m2", "not heard yet"),
                        began(2, "m1"),
                        called(2, "b"),
                        returned(2, "b", "ok"),
                        kept("b")));

        assertThat(words(before))
                .containsExactly(
                        "prompt fix it",
                        "answer '' [a]",
                        "result a: ok",
                        "message use tabs",
                        "answer '' [b]",
                        "result b: ok");
    }

    @Test
    void a_message_whose_turn_has_no_answer_is_there_for_the_model_that_is_asked_again() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(called(1, "a"), returned(1, "a", "ok"), kept("a"), person("m1", "use tabs"), began(2, "m1")));

        assertThat(words(before)).last().isEqualTo("message use tabs");
    }

    @Test
    void a_last_answer_is_one_when_its_turn_ended_with_it() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(
                        said(1, "Done."),
                        ended(1),
                        person("m1", "and the docs"),
                        began(2, "m1"),
                        said(2, "I beg"),
                        said(3, "Now")));

        assertThat(words(before)).containsExactly("prompt fix it", "answer 'Done.' []", "message and the docs");
        assertThat(before.conversation().replies()).isEqualTo(1);
    }

    @Test
    void a_fork_begins_with_its_parents_prompt_and_goes_on_with_what_was_left() {
        Recollection before = Recollection.of(
                "the fork's prompt",
                List.of(
                        said(1, "", "a", "b"),
                        called(1, "a"),
                        returned(1, "a", "ok"),
                        kept("a"),
                        forked(false, false)));

        assertThat(words(before)).startsWith("prompt fix it");
        assertThat(before.left()).extracting(ToolCall::id).containsExactly("b");
        assertThat(before.repliesBefore()).isZero();
    }

    @Test
    void a_fork_with_a_prompt_makes_no_call_that_its_parent_left_and_answers_it_first() {
        Recollection before = Recollection.of(
                "the fork's prompt",
                List.of(
                        said(1, "", "a", "b"),
                        called(1, "a"),
                        returned(1, "a", "ok"),
                        kept("a"),
                        person("m0", "said to the parent alone"),
                        forked(true, true),
                        person("m1", "the fork's prompt"),
                        began(2, "m1"),
                        called(2, "c"),
                        returned(2, "c", "ok"),
                        kept("c")));

        assertThat(words(before))
                .containsExactly(
                        "prompt fix it",
                        "answer '' [a, b]",
                        "result a: ok",
                        "result b: The call was not made: a person took the task up here, with what follows.",
                        "message the fork's prompt",
                        "answer '' [c]",
                        "result c: ok");
        assertThat(before.left()).isEmpty();
        assertThat(before.repliesBefore()).as("of a script of its own").isEqualTo(1);
    }

    @Test
    void a_check_that_failed_is_no_call_of_the_models_and_is_told_with_its_next_turn() {
        List<Event> log = List.of(
                began(1), said(1, "Done."), ended(1), checks(1, "make test", false), checked(1, 2, "1 test failed"));

        Recollection before = Recollection.of("fix it", log);

        assertThat(words(before)).containsExactly("prompt fix it", "answer 'Done.' []");
        assertThat(before.untold()).singleElement().asString().contains("`make test`", "1 test failed");
        assertThat(before.checkFailed()).isTrue();
        assertThat(before.left()).isEmpty();
    }

    @Test
    void what_was_told_of_a_check_stands_where_it_was_told() {
        Recollection before = Recollection.of(
                "fix it",
                List.of(
                        began(1),
                        said(1, "Done."),
                        ended(1),
                        checks(1, "make test", false),
                        checked(1, 2, "1 test failed"),
                        began(2),
                        said(2, "Mended."),
                        ended(2),
                        checks(2, "make test", false),
                        checked(2, 0, "ok")));

        assertThat(words(before)).hasSize(4).element(2).asString().startsWith("note Mend what it shows");
        assertThat(words(before)).last().isEqualTo("answer 'Mended.' []");
        assertThat(before.untold()).isEmpty();
    }

    @Test
    void a_check_that_could_not_run_or_was_interrupted_tells_nothing() {
        Event interrupted = Event.newBuilder()
                .setTurn(1)
                .setToolResult(ToolReturned.newBuilder()
                        .setCallId("check-9")
                        .setTool("check")
                        .setIsError(true)
                        .setInterrupted("paused"))
                .build();

        assertThat(Recollection.of("x", List.of(said(1, "Done."), checks(1, "make test", true), checked(1, 127, "")))
                        .untold())
                .isEmpty();
        assertThat(Recollection.of("x", List.of(said(1, "Done."), checks(1, "make test", false), interrupted))
                        .untold())
                .isEmpty();
    }

    @Test
    void what_belay_told_beside_results_stands_where_it_was_told() {
        Event noted = Event.newBuilder()
                .setTurn(1)
                .setModelNoted(ModelNoted.newBuilder().setText("You go in a circle."))
                .build();

        Recollection before = Recollection.of(
                "x", List.of(began(1), called(1, "a"), returned(1, "a", "ok"), kept("a"), ended(1), noted, began(2)));

        assertThat(words(before))
                .containsExactly("prompt x", "answer '' [a]", "result a: ok", "note You go in a circle.");
    }

    @Test
    void an_answer_that_was_cut_is_no_last_word() {
        Event cut = Event.newBuilder()
                .setTurn(1)
                .setModelMessage(ModelMessage.newBuilder().setText("and th").setCut(true))
                .build();

        Recollection before = Recollection.of("x", List.of(began(1), cut, ended(1)));

        assertThat(((Part.Answer) before.conversation().parts().getLast())
                        .reply()
                        .cut())
                .isTrue();
    }

    private static Event checks(int turn, String command, boolean detected) {
        return Event.newBuilder()
                .setTurn(turn)
                .setStep(9)
                .setToolCall(ToolCalled.newBuilder()
                        .setCallId("check-9")
                        .setTool("check")
                        .setInputJson(Json.object()
                                .put("command", command)
                                .put("detected", detected)
                                .build()
                                .print()))
                .build();
    }

    private static Event checked(int turn, int exitCode, String output) {
        return Event.newBuilder()
                .setTurn(turn)
                .setStep(9)
                .setToolResult(ToolReturned.newBuilder()
                        .setCallId("check-9")
                        .setTool("check")
                        .setIsError(exitCode != 0)
                        .setExitCode(exitCode)
                        .setOutput(output))
                .build();
    }

    @Test
    void what_the_model_was_no_longer_shown_is_not_shown_again_and_what_people_said_is() {
        String old = "an older result ".repeat(20);
        List<Event> log = new ArrayList<>(List.of(
                called(1, "a"),
                returned(1, "a", old),
                kept("a"),
                person("m1", "use tabs"),
                began(2, "m1"),
                called(2, "b"),
                returned(2, "b", old),
                kept("b"),
                began(3),
                pruned(3, 1),
                called(3, "c"),
                returned(3, "c", old),
                kept("c")));

        List<String> pruned = shown(Recollection.of("fix it", log));
        log.addAll(List.of(began(4), compacted(4, 2, "a and b are made")));
        List<String> compacted = shown(Recollection.of("fix it", log));
        log.addAll(List.of(called(4, "d"), returned(4, "d", "ok"), kept("d"), began(5), pruned(5, 3)));
        List<String> both = shown(Recollection.of("fix it", log));

        assertThat(pruned)
                .containsExactly(
                        "prompt fix it",
                        "answer '' [a]",
                        "result a: An older result stood here and is no longer shown. Where it is needed, make the call"
                                + " again.",
                        "message use tabs",
                        "answer '' [b]",
                        "result b: " + old,
                        "answer '' [c]",
                        "result c: " + old);
        assertThat(compacted)
                .containsExactly(
                        "prompt fix it",
                        "note a and b are made",
                        "message use tabs",
                        "answer '' [c]",
                        "result c: " + old);
        assertThat(both)
                .hasSize(7)
                .startsWith("prompt fix it", "note a and b are made", "message use tabs", "answer '' [c]")
                .endsWith("answer '' [d]", "result d: ok");
        assertThat(both.get(4)).startsWith("result c: An older result stood here");
        assertThat(words(Recollection.of("fix it", log)))
                .as("all of it is kept")
                .contains("result a: " + old);
    }

    private static Event pruned(int turn, int answers) {
        return Event.newBuilder()
                .setTurn(turn)
                .setContextPruned(ContextPruned.newBuilder().setAnswers(answers))
                .build();
    }

    private static Event compacted(int turn, int answers, String summary) {
        return Event.newBuilder()
                .setTurn(turn)
                .setContextCompacted(
                        ContextCompacted.newBuilder().setAnswers(answers).setSummary(summary))
                .build();
    }

    private static List<String> shown(Recollection recollection) {
        return words(recollection.conversation().shown());
    }

    private static Event person(String id, String text) {
        return Event.newBuilder()
                .setPersonMessage(PersonSpoke.newBuilder().setId(id).setText(text))
                .build();
    }

    private static Event began(int turn, String... messages) {
        return Event.newBuilder()
                .setTurn(turn)
                .setTurnStart(TurnStarted.newBuilder().addAllMessages(List.of(messages)))
                .build();
    }

    private static Event ended(int turn) {
        return Event.newBuilder()
                .setTurn(turn)
                .setTurnEnd(TurnEnded.getDefaultInstance())
                .build();
    }

    private static Event forked(boolean answered, boolean ownScript) {
        return Event.newBuilder()
                .setTaskFork(TaskForked.newBuilder()
                        .setBeganWith("fix it")
                        .setAnswered(answered)
                        .setOwnScript(ownScript))
                .build();
    }

    private static List<String> words(Recollection recollection) {
        return words(recollection.conversation());
    }

    private static List<String> words(Conversation conversation) {
        List<String> words = new ArrayList<>();
        for (Part part : conversation.parts()) {
            words.add(
                    switch (part) {
                        case Part.Prompt(String text) -> "prompt " + text;
                        case Part.Message(String text) -> "message " + text;
                        case Part.Note(String text) ->
                            "note " + text.lines().toList().getLast();
                        case Part.Answer(var reply) ->
                            "answer '" + reply.text() + "' "
                                    + reply.calls().stream().map(ToolCall::id).toList();
                        case Part.Result(var call, var outcome) -> "result " + call.id() + ": " + outcome.output();
                    });
        }
        return words;
    }

    private static Event said(int turn, String text, String... calls) {
        ModelMessage.Builder message = ModelMessage.newBuilder().setText(text);
        for (String id : calls) {
            message.addCalls(call(id));
        }
        return Event.newBuilder().setTurn(turn).setModelMessage(message).build();
    }

    private static ToolCalled call(String id) {
        return ToolCalled.newBuilder()
                .setCallId(id)
                .setTool("Bash")
                .setInputJson("{\"command\":\"make " + id + "\"}")
                .build();
    }

    private static Event called(int turn, String id) {
        return Event.newBuilder()
                .setTurn(turn)
                .setStep(step(id))
                .setToolCall(call(id))
                .build();
    }

    private static int step(String id) {
        return id.charAt(0) - 'a' + 1;
    }

    private static Event kept(String id) {
        return Event.newBuilder()
                .setStep(step(id))
                .setSnapshotCreated(SnapshotCreated.newBuilder()
                        .setSnapshot(Snapshot.newBuilder().setStep(step(id))))
                .build();
    }

    private static Event returned(int turn, String id, String output) {
        return Event.newBuilder()
                .setTurn(turn)
                .setStep(step(id))
                .setToolResult(
                        ToolReturned.newBuilder().setCallId(id).setTool("Bash").setOutput(output))
                .build();
    }
}
