package dev.belay.controller.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ModelBriefed;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.OwnForm;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TurnEnded;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real model is told, says and takes. */
class ModelEventsTest {
    private static final Event BRIEFED = Event.newBuilder()
            .setActor("agent")
            .setTurn(1)
            .setModelBriefed(ModelBriefed.newBuilder()
                    .setModel("acme/m-1")
                    .setSystem("You work alone.")
                    .setToolsJson("[]"))
            .build();
    private static final OwnForm OWN = OwnForm.newBuilder()
            .setWire("messages")
            .setModel("acme/m-1")
            .setJson("{\"signature\":\"c2VjcmV0\"}")
            .build();
    private static final Event ANSWER = Event.newBuilder()
            .setActor("agent")
            .setTurn(1)
            .setModelMessage(ModelMessage.newBuilder()
                    .setText("I look first.")
                    .setOwn(OWN)
                    .setCut(true))
            .build();

    private StartedController controller;
    private ScriptedRunner runner;
    private Task task;
    private Assignment assignment;

    @BeforeEach
    void begin() {
        controller = StartedController.start();
        runner = controller.askingRunner("r", 1, ScriptedRunner.usable("acme"));
        task = controller.submit(controller.submission("acme/m-1"));
        assignment = runner.begin();
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    private static Event took(TurnEnded.Builder turn) {
        return Event.newBuilder().setActor("agent").setTurn(1).setTurnEnd(turn).build();
    }

    private List<Event> followed() {
        return controller
                .get("/v1/tasks/" + task.getId() + "/events?follow=false")
                .body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> ProtoJson.read(line.substring("data: ".length()), Event.newBuilder())
                        .build())
                .toList();
    }

    @Test
    void what_turns_take_is_added_up_and_what_has_no_price_is_remembered() {
        runner.events(
                assignment,
                3,
                took(TurnEnded.newBuilder().setTokensIn(1000).setTokensOut(10).setCostUsd(0.25)),
                took(TurnEnded.newBuilder().setTokensIn(2000).setTokensOut(20).setCostUnknown(true)),
                took(TurnEnded.newBuilder().setTokensIn(3000).setTokensOut(30).setCostUsd(0.125)));

        Task now = controller.task(task.getId());

        assertThat(now.getTokensIn()).isEqualTo(6000);
        assertThat(now.getTokensOut()).isEqualTo(60);
        assertThat(now.getCostUsd()).isEqualTo(0.375);
        assertThat(now.getCostUnknown()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0",
        "9223372036854775807, 0",
        "0, -5",
        "0, NaN",
        "0, Infinity",
        "0, 1e9",
        "-9223372036854775808, -Infinity",
    })
    void what_no_turn_can_have_taken_counts_as_nothing(long tokens, double usd) {
        runner.events(
                assignment,
                3,
                took(TurnEnded.newBuilder().setTokensIn(5).setTokensOut(5).setCostUsd(0.5)),
                took(TurnEnded.newBuilder()
                        .setTokensIn(tokens)
                        .setTokensOut(tokens)
                        .setCostUsd(usd)));

        Task now = controller.task(task.getId());

        assertThat(now.getTokensIn()).isEqualTo(5);
        assertThat(now.getTokensOut()).isEqualTo(5);
        assertThat(now.getCostUsd()).isEqualTo(0.5);
        assertThat(now.getCostUnknown()).isFalse();
    }

    @Test
    void who_goes_on_is_given_what_the_model_was_told_and_its_answers_in_their_own_form_and_what_they_cost()
            throws Exception {
        runner.events(
                assignment,
                3,
                BRIEFED,
                ANSWER,
                took(TurnEnded.newBuilder().setCostUsd(0.25)),
                ScriptedRunner.givenBack("runner_stopped"));
        Assignment again = runner.assignment();

        List<Event> history = runner.history(task.getId(), again.getEpoch());

        assertThat(again.getUsedUsd()).isEqualTo(0.25);
        assertThat(history.stream().filter(Event::hasModelBriefed).map(Event::getModelBriefed))
                .containsExactly(BRIEFED.getModelBriefed());
        assertThat(history.stream().filter(Event::hasModelMessage).map(Event::getModelMessage))
                .containsExactly(ANSWER.getModelMessage());
    }

    @Test
    void watchers_see_what_the_model_was_told_and_said_and_not_the_form_that_is_for_its_provider_alone() {
        runner.events(assignment, 3, BRIEFED, ANSWER);

        List<Event> seen = followed();

        assertThat(seen.stream().filter(Event::hasModelBriefed).map(Event::getModelBriefed))
                .containsExactly(BRIEFED.getModelBriefed());
        assertThat(seen.stream().filter(Event::hasModelMessage).map(Event::getModelMessage))
                .containsExactly(ANSWER.getModelMessage().toBuilder().clearOwn().build());
        String log = controller
                .get("/v1/tasks/" + task.getId() + "/events?follow=false")
                .body();
        assertThat(log).contains("event: model.briefed\n").doesNotContain("c2VjcmV0");
        assertThat(Json.parse(log.lines()
                                .filter(line -> line.contains("I look first."))
                                .findFirst()
                                .orElseThrow()
                                .substring("data: ".length()))
                        .get("model_message")
                        .get("own"))
                .isEqualTo(Json.NULL);
    }

    @ParameterizedTest
    @CsvSource({"no_key, 4", "limit_usd, 3", "model_error, 1"})
    void a_task_that_failed_for_its_model_says_so_by_its_exit_code(String reason, int exitCode) {
        runner.events(assignment, 3, ScriptedRunner.state(TaskState.TASK_STATE_FAILED, reason, "acme said no"));

        assertThat(controller.task(task.getId()).getExitCode()).isEqualTo(exitCode);
    }
}
