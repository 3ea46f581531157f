package dev.belay.controller.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.MemoryPacks;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.bounds.LimitRange;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.ControllerMessage.BodyCase;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.OperationList;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.SnapshotCreated;
import dev.belay.proto.v1.SnapshotList;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TurnEnded;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A task that begins where another one was. */
class ForksTest {
    private static final byte[] PACK = "a pack of s1".getBytes(StandardCharsets.UTF_8);

    private static StartedController.Answer fork(StartedController controller, Task parent, String key, String more) {
        return controller.post(
                "/v1/tasks/" + parent.getId() + "/fork", "{\"idempotency_key\":\"" + key + "\"" + more + "}");
    }

    private static Task task(StartedController.Answer answer) {
        return answer.as(Task.newBuilder()).build();
    }

    private static String log(StartedController controller, Task task) {
        return controller
                .get("/v1/tasks/" + task.getId() + "/events?follow=false")
                .body();
    }

    private static Event kept(int step, byte[] pack) {
        Event plain = ScriptedRunner.snapshot("step", step);
        Snapshot snapshot = plain.getSnapshotCreated().getSnapshot().toBuilder()
                .setPackSha256(MemoryPacks.sha256(pack))
                .build();
        return plain.toBuilder()
                .setSnapshotCreated(SnapshotCreated.newBuilder().setSnapshot(snapshot))
                .build();
    }

    private static Event words(int turn, String text) {
        return Event.newBuilder()
                .setActor("agent")
                .setTurn(turn)
                .setModelMessage(ModelMessage.newBuilder().setText(text))
                .build();
    }

    private static Event over(int turn) {
        return Event.newBuilder()
                .setActor("agent")
                .setTurn(turn)
                .setTurnEnd(TurnEnded.newBuilder().setCostUsd(0.5))
                .build();
    }

    /** With s0, s1 and s2; after the last it said something and ended. */
    private static Task parent(StartedController controller, ScriptedRunner runner) throws Exception {
        Task parent = controller.submit();
        Assignment assignment = runner.begin();
        runner.putPack(parent.getId(), 1, PACK, PACK.length);
        runner.events(
                assignment,
                3,
                ScriptedRunner.turn(1),
                ScriptedRunner.call(1, 1),
                ScriptedRunner.result(1, 1),
                kept(1, PACK),
                over(1),
                ScriptedRunner.turn(2),
                ScriptedRunner.call(2, 2),
                ScriptedRunner.result(2, 2),
                ScriptedRunner.snapshot("step", 2),
                over(2),
                ScriptedRunner.turn(3),
                words(3, "All is well."),
                over(3),
                ScriptedRunner.succeeded());
        return controller.task(parent.getId());
    }

    @Test
    void a_fork_has_what_its_parent_had_at_the_step_and_nothing_of_what_came_later() throws Exception {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task parent = parent(controller, runner);

            Task fork =
                    task(fork(controller, parent, "fork-key-1", ",\"snapshot\":\"s1\",\"prompt\":\"without a cache\""));

            assertThat(fork.getId()).isNotEqualTo(parent.getId());
            assertThat(fork.getParent()).isEqualTo(parent.getId());
            assertThat(fork.getParentSnapshot()).isEqualTo("s1");
            assertThat(fork.getHead()).isEqualTo("s1");
            assertThat(fork.getLastSnapshot()).isEqualTo("s1");
            assertThat(fork.getPrompt()).isEqualTo("without a cache");
            assertThat(fork.getBaseCommit()).isEqualTo(parent.getBaseCommit());
            assertThat(fork.getTurns()).isEqualTo(1);
            assertThat(fork.getCostUsd()).as("its parent spent it").isZero();
            assertThat(fork.getUnread()).isEqualTo(1);
            Assignment assignment = runner.assignment();
            assertThat(assignment.getTask()).isEqualTo(fork.getId());
            assertThat(assignment.getResume().getId()).isEqualTo("s1");
            assertThat(assignment.getNewestCommit()).isEqualTo(ScriptedRunner.commit(1));
            assertThat(assignment.getLastStep()).isEqualTo(1);
            assertThat(assignment.getSnapshotPacksList())
                    .extracting(pack -> pack.getSha256())
                    .containsExactly(MemoryPacks.sha256(PACK));
            assertThat(runner.getPack(fork.getId(), MemoryPacks.sha256(PACK))).isEqualTo(PACK);
            assertThat(assignment.getMessagesList())
                    .extracting(PersonSpoke::getText)
                    .containsExactly("without a cache");
            assertThat(assignment.getLimits().getMaxTurns()).isEqualTo(201);
            assertThat(runner.history(fork.getId(), 1).stream()
                            .map(event ->
                                    event.getSeq() + " " + event.getBodyCase().name()))
                    .containsExactly(
                            "1 SNAPSHOT_CREATED",
                            "3 TOOL_CALL",
                            "4 TOOL_RESULT",
                            "5 SNAPSHOT_CREATED",
                            "6 TASK_FORK",
                            "7 PERSON_MESSAGE");
            assertThat(runner.history(fork.getId(), 1).get(4).getTaskFork().getBeganWith())
                    .isEqualTo(parent.getPrompt());
            assertThat(controller
                            .get("/v1/tasks/" + fork.getId() + "/operations")
                            .as(OperationList.newBuilder())
                            .getOperationsList())
                    .extracting(operation -> operation.getId() + operation.getTo())
                    .containsExactly("o1s1");
            assertThat(controller.task(parent.getId()))
                    .as("the parent is as it was")
                    .isEqualTo(parent);
        }
    }

    @Test
    void a_fork_of_an_ended_tasks_head_has_its_last_words_too() throws Exception {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task parent = parent(controller, runner);

            Task fork = task(fork(controller, parent, "fork-key-1", ",\"prompt\":\"and the docs\""));

            assertThat(fork.getHead()).isEqualTo("s2");
            assertThat(fork.getTurns()).isEqualTo(3);
            assertThat(log(controller, fork)).containsOnlyOnce("All is well.").doesNotContain("\"succeeded\"");
            Assignment assignment = runner.assignment();
            runner.ack(assignment);
            runner.expect(BodyCase.COMMAND);
            runner.events(
                    assignment, 1, ScriptedRunner.running(), ScriptedRunner.call(4, 3), ScriptedRunner.result(4, 3));
            runner.events(assignment, 4, ScriptedRunner.snapshot("step", 3));
            assertThat(controller.task(fork.getId()).getHead()).isEqualTo("s3");
            assertThat(controller
                            .get("/v1/tasks/" + parent.getId() + "/snapshots")
                            .as(SnapshotList.newBuilder())
                            .getSnapshotsCount())
                    .isEqualTo(3);
        }
    }

    @Test
    void a_fork_of_a_fork_begins_with_the_first_prompt_of_all() throws Exception {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 2)) {
            Task parent = parent(controller, runner);
            Task fork = task(fork(controller, parent, "fork-key-1", ",\"snapshot\":\"s1\",\"prompt\":\"one\""));
            runner.assignment();

            task(fork(controller, fork, "fork-key-2", ",\"prompt\":\"two\""));

            Assignment assignment = runner.assignment();
            assertThat(assignment.getMessagesList())
                    .as("what the fork's model was not given yet is not the second fork's")
                    .extracting(PersonSpoke::getText)
                    .containsExactly("two");
            assertThat(runner.history(assignment.getTask(), 1).stream()
                            .filter(Event::hasTaskFork)
                            .map(event -> event.getTaskFork().getBeganWith()))
                    .containsOnly(parent.getPrompt());
        }
    }

    /** One of {@code acme/m-1} that has ended with s1. */
    private static Task asked(StartedController controller, ScriptedRunner runner) {
        Task parent = controller.submit(controller
                .submission("acme/m-1")
                .setEffort("high")
                .setLimits(Limits.newBuilder().setMaxUsd(2)));
        Event cost = Event.newBuilder()
                .setTurn(1)
                .setTurnEnd(
                        TurnEnded.newBuilder().setCostUsd(0.5).setTokensIn(100).setTokensOut(10))
                .build();
        Event unpriced = Event.newBuilder()
                .setTurn(2)
                .setTurnEnd(TurnEnded.newBuilder().setCostUnknown(true))
                .build();
        runner.events(
                runner.begin(),
                3,
                ScriptedRunner.turn(1),
                ScriptedRunner.call(1, 1),
                ScriptedRunner.result(1, 1),
                ScriptedRunner.snapshot("step", 1),
                cost,
                unpriced,
                ScriptedRunner.succeeded());
        return controller.task(parent.getId());
    }

    @Test
    void a_fork_of_a_real_models_task_goes_on_with_its_model_its_effort_and_its_limit_and_has_spent_nothing() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.askingRunner("r", 1, ScriptedRunner.usable("acme"))) {
            Task parent = asked(controller, runner);

            Task fork = task(fork(controller, parent, "fork-key-1", ",\"prompt\":\"and the docs\""));

            assertThat(parent.getTokensIn()).isEqualTo(100);
            assertThat(parent.getCostUnknown()).isTrue();
            assertThat(fork.getModel()).isEqualTo("acme/m-1");
            assertThat(fork.getEffort()).isEqualTo("high");
            assertThat(fork.getBudgetUsd()).isEqualTo(2);
            assertThat(fork.getCostUsd()).isZero();
            assertThat(fork.getCostUnknown()).isFalse();
            assertThat(fork.getTokensIn()).isZero();
            assertThat(fork.getTokensOut()).isZero();
            Assignment assignment = runner.assignment();
            assertThat(assignment.getScript()).isEmpty();
            assertThat(assignment.getEffort()).isEqualTo("high");
            assertThat(assignment.getUsedUsd()).isZero();
        }
    }

    @Test
    void a_fork_may_have_another_model_and_a_limit_of_its_own() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.askingRunner(
                        "r", 2, ScriptedRunner.usable("acme"), ScriptedRunner.usable("other"))) {
            Task parent = asked(controller, runner);

            Task real = task(fork(
                    controller,
                    parent,
                    "fork-key-1",
                    ",\"model\":\"other/m-2\",\"limits\":{\"max_usd\":0.25},\"prompt\":\"x\""));
            Task script = task(fork(
                    controller,
                    parent,
                    "fork-key-2",
                    ",\"model\":\"script\",\"script\":\"model: script/1\",\"prompt\":\"x\""));

            assertThat(real.getModel()).isEqualTo("other/m-2");
            assertThat(real.getBudgetUsd()).isEqualTo(0.25);
            assertThat(script.getModel()).isEqualTo("script");
            assertThat(script.getEffort()).isEmpty();
            assertThat(controller
                            .get("/v1/tasks/" + real.getId() + "/events?follow=false")
                            .body())
                    .contains("\"own_script\":false");
            assertThat(controller
                            .get("/v1/tasks/" + script.getId() + "/events?follow=false")
                            .body())
                    .contains("\"own_script\":true");
        }
    }

    /** As they were stored when a limit could be any number. */
    @Test
    void limits_of_a_parent_that_nothing_could_live_in_are_raised_to_the_least_and_a_wish_for_them_is_refused()
            throws Exception {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task parent = parent(controller, runner);
            controller
                    .jdbi()
                    .useHandle(handle -> handle.execute(
                            "update task set memory_mib = 64, processes = 1, disk_mib = 300 where id = ?",
                            parent.getId()));

            assertThat(fork(controller, parent, "fork-key-0", ",\"limits\":{\"memory_mib\":64},\"prompt\":\"x\"")
                            .code())
                    .isEqualTo("E_BAD_REQUEST");
            task(fork(controller, parent, "fork-key-1", ",\"prompt\":\"x\""));

            Limits limits = runner.assignment().getLimits();
            assertThat(limits.getMemoryMib()).isEqualTo(LimitRange.MEMORY_MIB.least());
            assertThat(limits.getProcesses()).isEqualTo(LimitRange.PROCESSES.least());
            assertThat(limits.getDiskMib()).isEqualTo(300);
        }
    }

    @Test
    void a_fork_needs_a_key_for_its_model_as_a_new_task_does() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.askingRunner(
                        "r",
                        1,
                        ScriptedRunner.usable("acme"),
                        ScriptedRunner.lacking("other", "OTHER_API_KEY is not set"))) {
            Task parent = asked(controller, runner);

            assertThat(fork(controller, parent, "fork-key-1", ",\"model\":\"other/m-2\"")
                            .code())
                    .isEqualTo("E_NO_KEY");
            assertThat(fork(controller, parent, "fork-key-2", ",\"model\":\"third/m-3\"")
                            .code())
                    .isEqualTo("E_UNKNOWN_MODEL");
            assertThat(fork(controller, parent, "fork-key-3", ",\"model\":\"acme/m-2\",\"script\":\"model: script/1\"")
                            .code())
                    .isEqualTo("E_BAD_REQUEST");
            assertThat(controller.get("/v1/tasks").json().get("tasks").items()).hasSize(1);
        }
    }

    @Test
    void a_fork_is_made_once_for_its_key() throws Exception {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task parent = parent(controller, runner);
            Task fork = task(fork(controller, parent, "fork-key-1", ",\"prompt\":\"one\""));

            assertThat(task(fork(controller, parent, "fork-key-1", ",\"prompt\":\"one\""))
                            .getId())
                    .isEqualTo(fork.getId());
            assertThat(fork(controller, parent, "fork-key-1", ",\"prompt\":\"two\"")
                            .code())
                    .isEqualTo("E_IDEMPOTENCY_CONFLICT");
        }
    }

    @Test
    void a_live_task_is_forked_and_goes_on_and_what_is_not_there_is_named() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task parent = controller.submit();
            assertThat(fork(controller, parent, "fork-key-0", ",\"prompt\":\"x\"")
                            .code())
                    .as("no snapshot yet")
                    .isEqualTo("E_NO_SUCH_SNAPSHOT");
            Assignment assignment = runner.begin();

            assertThat(fork(controller, parent, "fork-key-1", ",\"snapshot\":\"s9\"")
                            .code())
                    .isEqualTo("E_NO_SUCH_SNAPSHOT");
            Task fork = task(fork(controller, parent, "fork-key-2", ""));

            assertThat(fork.getHead()).isEqualTo("s0");
            assertThat(fork.getUnread())
                    .as("it goes on as its parent would have")
                    .isZero();
            assertThat(fork.getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
            assertThat(runner.events(assignment, 3, ScriptedRunner.succeeded()).getStale())
                    .isFalse();
            assertThat(runner.assignment().getTask()).isEqualTo(fork.getId());
        }
    }
}
