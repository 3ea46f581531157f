package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a task when its runner is gone, or gives it back. */
class DepartureTest {
    private static final Duration SHORT = Duration.ofMillis(800);

    @Test
    void a_lost_runners_task_goes_on_elsewhere_from_its_last_snapshot() throws Exception {
        try (StartedController controller = StartedController.with(timings -> timings.withLease(SHORT))) {
            Task task = controller.submit();
            try (ScriptedRunner runner = controller.runner("lost", 1)) {
                Assignment assignment = runner.begin();
                assertThat(assignment.hasResume()).isFalse();
                runner.events(
                        assignment,
                        3,
                        ScriptedRunner.turn(1),
                        ScriptedRunner.call(1, 1),
                        ScriptedRunner.result(1, 1),
                        ScriptedRunner.snapshot("step", 1),
                        ScriptedRunner.turn(2),
                        ScriptedRunner.call(2, 2));
            }
            Task queued = controller.await(task.getId(), now -> now.getState() == TaskState.TASK_STATE_QUEUED);
            assertThat(queued.getStopReason()).isEqualTo("no_runner");
            assertThat(queued.getStopDetail())
                    .contains("heard nothing of lost", "it goes on from s1", "none is connected");

            try (ScriptedRunner runner = controller.runner("next", 1)) {
                Assignment again = runner.assignment();
                assertThat(again.getEpoch()).isEqualTo(2);
                assertThat(again.getResume().getId()).isEqualTo("s1");
                assertThat(again.getNewestCommit()).isEqualTo(ScriptedRunner.commit(1));
                assertThat(again.getLastStep()).isEqualTo(2);
                assertThat(again.getLastTurn()).isEqualTo(2);

                List<Event> history = runner.history(task.getId(), 2);
                assertThat(history.stream().map(event -> event.getBodyCase().name() + " s" + event.getStep()))
                        .containsExactly(
                                "SNAPSHOT_CREATED s0",
                                "TOOL_CALL s1",
                                "TOOL_RESULT s1",
                                "SNAPSHOT_CREATED s1",
                                "TOOL_CALL s2",
                                "TOOL_RESULT s2");
                assertThat(history.getLast().getToolResult().getInterrupted()).isEqualTo("runner lost");
                assertThat(history.getLast().getToolResult().getOutput())
                        .contains("has no result", "as snapshot s1 has them");
                assertThat(history.getLast().getToolResult().getCallId()).isEqualTo("call-2");
                assertThatThrownBy(() -> runner.history(task.getId(), 1))
                        .as("of an epoch that it does not hold")
                        .hasMessageContaining("E_STALE_EPOCH");
                try (ScriptedRunner curious = controller.runner("curious", 0)) {
                    assertThatThrownBy(() -> curious.history(task.getId(), 2))
                            .as("of a task that another runner holds")
                            .hasMessageContaining("E_STALE_EPOCH");
                }
            }
        }
    }

    @Test
    void a_runner_that_comes_back_from_a_new_boot_has_lost_its_tasks_at_once() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            try (ScriptedRunner runner = controller.runner("phoenix", 1)) {
                runner.begin();
            }
            try (ScriptedRunner runner =
                    ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "phoenix")) {
                runner.hello("phoenix", "another boot", 1);

                Assignment again = runner.assignment();

                assertThat(again.getTask()).isEqualTo(task.getId());
                assertThat(again.getEpoch()).isEqualTo(2);
                assertThat(again.getResume().getId()).isEqualTo("s0");
            }
        }
    }

    @Test
    void a_runner_that_comes_back_from_a_new_boot_with_its_record_keeps_the_epoch_until_that_is_told() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            Assignment first;
            try (ScriptedRunner runner = controller.runner("phoenix", 1)) {
                first = runner.begin();
            }
            try (ScriptedRunner runner =
                    ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "phoenix")) {
                runner.hello("phoenix", "another boot", 1, ScriptedRunner.runs(first));

                EventAck ack = runner.events(
                        first,
                        3,
                        ScriptedRunner.call(1, 1),
                        ScriptedRunner.result(1, 1),
                        ScriptedRunner.snapshot("step", 1),
                        ScriptedRunner.givenBack("runner_restarted"));

                assertThat(ack.getStale()).isFalse();
                assertThat(ack.getDurableRunnerSeq()).isEqualTo(6);
                Assignment again = runner.assignment();
                assertThat(again.getEpoch()).isEqualTo(2);
                assertThat(again.getResume().getId()).isEqualTo("s1");
                assertThat(outcome(controller, task)).isEqualTo("lost");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"runner_restarted", "fenced"})
    void a_result_whose_step_was_never_kept_is_told_as_lost(String reason) {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment first = runner.begin();

            runner.events(
                    first,
                    3,
                    ScriptedRunner.call(1, 1),
                    ScriptedRunner.result(1, 1),
                    ScriptedRunner.snapshot("step", 1),
                    ScriptedRunner.call(1, 2),
                    ScriptedRunner.result(1, 2),
                    ScriptedRunner.givenBack(reason));

            assertThat(runner.assignment().getResume().getId()).isEqualTo("s1");
            assertThat(controller
                            .get("/v1/tasks/" + task.getId() + "/events?follow=false")
                            .body())
                    .containsOnlyOnce("W_NOT_KEPT")
                    .contains("s2 came back, but what it did was lost", "as snapshot s1 has them");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"runner_stopped", "fenced"})
    void a_task_that_is_given_back_in_good_order_is_not_lost(String reason) {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("tidy", 1)) {
            Task task = controller.submit();
            Assignment first = runner.begin();

            runner.events(first, 3, ScriptedRunner.call(1, 1));
            EventAck ack = runner.events(first, 4, ScriptedRunner.givenBack(reason));

            assertThat(ack.getDurableRunnerSeq()).isEqualTo(4);
            assertThat(runner.assignment().getEpoch()).isEqualTo(2);
            assertThat(outcome(controller, task)).isEqualTo("returned");
            assertThat(runner.events(first, 4, ScriptedRunner.givenBack(reason)).getStale())
                    .as("once more, after another epoch began")
                    .isTrue();
            assertThat(controller.task(task.getId()).getLastSeq())
                    .as("queued, given, base, running, call, its end, given back, given")
                    .isEqualTo(8);
        }
    }

    @Test
    void giving_back_is_taken_once_however_often_it_is_said() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            Assignment first;
            try (ScriptedRunner runner = controller.runner("tidy", 1)) {
                first = runner.begin();
            }
            // It has no place any more, so that the task stays in the queue.
            try (ScriptedRunner full = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "tidy")) {
                full.hello("tidy", "boot-1", 0, ScriptedRunner.runs(first));
                full.events(first, 3, ScriptedRunner.givenBack("runner_stopped"));
                long seq = controller.task(task.getId()).getLastSeq();

                EventAck again = full.events(first, 3, ScriptedRunner.givenBack("runner_stopped"));

                assertThat(again.getStale()).isFalse();
                assertThat(again.getDurableRunnerSeq()).isEqualTo(3);
                assertThat(controller.task(task.getId()).getLastSeq()).isEqualTo(seq);
            }
        }
    }

    @Test
    void a_task_that_takes_two_runners_with_it_in_a_row_is_given_to_no_third() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            dieInCall(controller, "first", 1);
            dieInCall(controller, "second", 2);
            controller.runner("first", 0, "again").close();
            assertThat(controller.task(task.getId()).getState()).isNotEqualTo(TaskState.TASK_STATE_FAILED);

            controller.runner("second", 0, "again").close();

            Task ended = controller.await(task.getId(), Task::getTerminal);
            assertThat(ended.getStopReason()).isEqualTo("quarantined");
            assertThat(ended.getStopDetail()).contains("second runner in a row", "Everything up to s0 is safe");
            try (ScriptedRunner third = controller.runner("third", 1)) {
                assertThat(third.hearsNothing(500)).isTrue();
            }
        }
    }

    private static void dieInCall(StartedController controller, String name, int step) {
        try (ScriptedRunner runner = controller.runner(name, 1)) {
            Assignment assignment = runner.assignment();
            runner.ack(assignment);
            if (assignment.hasResume()) {
                runner.events(assignment, 1, ScriptedRunner.running(), ScriptedRunner.call(step, step));
            } else {
                runner.events(
                        assignment,
                        1,
                        ScriptedRunner.snapshot("base", 0),
                        ScriptedRunner.running(),
                        ScriptedRunner.call(step, step));
            }
        }
        if (step == 1) {
            controller.runner(name, 0, "again").close();
        }
    }

    @Test
    void a_task_whose_sandbox_ended_goes_on_in_another_with_what_was_kept_of_the_call() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment first = runner.begin();

            loseSandbox(runner, first, 3, 1);

            Assignment again = runner.assignment();
            assertThat(again.getEpoch()).isEqualTo(2);
            assertThat(again.getResume().getId()).isEqualTo("s1");
            assertThat(outcome(controller, task)).isEqualTo("returned");
        }
    }

    @Test
    void a_task_in_which_no_sandbox_stands_ends_with_the_third() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            loseSandbox(runner, runner.begin(), 3, 1);
            for (int step = 2; step <= 3; step++) {
                Assignment again = runner.assignment();
                runner.ack(again);
                runner.events(again, 1, ScriptedRunner.running());
                loseSandbox(runner, again, 2, step);
            }

            Task ended = controller.await(task.getId(), Task::getTerminal);

            assertThat(ended.getStopReason()).isEqualTo("sandbox_failed");
            assertThat(ended.getStopDetail())
                    .contains("third sandbox or runner in a row", "Everything up to s3 is safe");
        }
    }

    private static void loseSandbox(ScriptedRunner runner, Assignment assignment, int seq, int step) {
        runner.events(
                assignment,
                seq,
                ScriptedRunner.call(step, step),
                ScriptedRunner.result(step, step),
                ScriptedRunner.snapshot("step", step),
                ScriptedRunner.givenBack("sandbox_lost"));
    }

    @Test
    void a_step_that_was_done_in_between_clears_the_task() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            dieInCall(controller, "first", 1);
            try (ScriptedRunner runner = controller.runner("second", 1)) {
                Assignment assignment = runner.assignment();
                runner.ack(assignment);
                runner.events(
                        assignment,
                        1,
                        ScriptedRunner.running(),
                        ScriptedRunner.call(2, 2),
                        ScriptedRunner.result(2, 2),
                        ScriptedRunner.snapshot("step", 2),
                        ScriptedRunner.call(3, 3));
            }

            controller.runner("second", 0, "again").close();

            Task queued = controller.await(task.getId(), now -> now.getState() == TaskState.TASK_STATE_QUEUED);
            assertThat(queued.getStopDetail()).contains("it goes on from s2");
        }
    }

    @Test
    void a_task_that_never_gets_to_a_step_is_not_tried_for_ever() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            try (ScriptedRunner runner = controller.runner("unlucky", 1)) {
                runner.begin();
                controller.jdbi().useHandle(handle -> handle.execute("update task set losses = 5"));
            }

            controller.runner("unlucky", 0, "again").close();

            Task ended = controller.await(task.getId(), Task::getTerminal);
            assertThat(ended.getStopReason()).isEqualTo("runner_lost");
            assertThat(ended.getStopDetail()).contains("the 6th runner or sandbox in a row");
        }
    }

    @Test
    void a_task_whose_runners_are_lost_waits_before_it_is_given_to_the_next() {
        try (StartedController controller = StartedController.start()) {
            controller.submit();
            try (ScriptedRunner runner = controller.runner("unlucky", 1)) {
                runner.begin();
                controller.jdbi().useHandle(handle -> handle.execute("update task set losses = 2"));
            }

            try (ScriptedRunner runner = controller.runner("unlucky", 1, "again")) {
                assertThat(runner.hearsNothing(1500)).isTrue();
                controller.jdbi().useHandle(handle -> handle.execute("update task set not_before = clock_timestamp()"));
                assertThat(runner.assignment().getEpoch()).isEqualTo(2);
            }
        }
    }

    @Test
    void a_task_that_was_to_be_cancelled_ends_when_its_runner_gives_it_back() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("tidy", 1)) {
            Task task = controller.submit();
            Assignment first = runner.begin();
            runner.events(first, 3, ScriptedRunner.turn(1), ScriptedRunner.call(1, 1));
            controller.post("/v1/tasks/" + task.getId() + "/cancel", "{}");
            runner.expect(ControllerMessage.BodyCase.COMMAND);

            runner.events(first, 5, ScriptedRunner.givenBack("runner_stopped"));

            assertThat(controller.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
            assertThat(controller
                            .get("/v1/tasks/" + task.getId() + "/events?follow=true")
                            .body())
                    .as("the call has a result, as every call")
                    .contains("\"interrupted\":\"runner stopped\"");
        }
    }

    @Test
    void tasks_that_go_on_and_tasks_that_begin_are_given_out_together() {
        try (StartedController controller = StartedController.start()) {
            Task before;
            try (ScriptedRunner runner = controller.runner("gone", 2)) {
                before = controller.submit();
                runner.begin();
            }
            controller.submit();
            controller.runner("gone", 0, "again").close();
            controller.submit();

            try (ScriptedRunner runner = controller.runner("next", 3)) {
                List<Assignment> given = List.of(runner.assignment(), runner.assignment(), runner.assignment());

                assertThat(given.stream().filter(Assignment::hasResume).map(Assignment::getTask))
                        .containsExactly(before.getId());
            }
        }
    }

    private static String outcome(StartedController controller, Task task) {
        return controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select outcome from attempt where task = :task and epoch = 1")
                        .bind("task", task.getId())
                        .mapTo(String.class)
                        .one());
    }
}
