package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.ControllerMessage.BodyCase;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CancelTest {
    private static Task cancel(StartedController controller, String task) {
        return controller
                .post("/v1/tasks/" + task + "/cancel", "{\"reason\":\"wrong branch\"}")
                .as(Task.newBuilder())
                .build();
    }

    @Test
    void a_queued_task_is_cancelled_at_once() {
        try (StartedController controller = StartedController.start()) {
            Task task = cancel(controller, controller.submit().getId());

            assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
            assertThat(task.getStopReason()).isEqualTo("cancelled");
            assertThat(task.getStopDetail()).isEqualTo("cancelled by ada: wrong branch");
            assertThat(task.getExitCode()).isEqualTo(1);
        }
    }

    @Test
    void cancelling_twice_is_cancelling_once() {
        try (StartedController controller = StartedController.start()) {
            String id = controller.submit().getId();
            Task first = cancel(controller, id);

            assertThat(cancel(controller, id).getLastSeq()).isEqualTo(first.getLastSeq());
        }
    }

    @Test
    void a_task_that_no_runner_has_answered_for_is_cancelled_at_once_and_killed_there() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.assignment();

            assertThat(cancel(controller, task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);

            assertThat(runner.expect(BodyCase.KILL).getKill().getTask()).isEqualTo(task.getId());
            runner.ack(assignment);
            assertThat(runner.expect(BodyCase.KILL).getKill().getEpoch()).isEqualTo(1);
        }
    }

    @Test
    void a_running_task_is_ended_by_its_runner() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            Task asked = cancel(controller, task.getId());

            assertThat(asked.getState()).isEqualTo(TaskState.TASK_STATE_RUNNING);
            Command command = runner.expect(BodyCase.COMMAND).getCommand();
            assertThat(command.getCancel().getReason()).contains("wrong branch");
            assertThat(command.getActor()).isEqualTo("ada");
            runner.events(assignment, 3, ScriptedRunner.state(TaskState.TASK_STATE_CANCELLED, "cancelled", "by ada"));
            assertThat(controller.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
        }
    }

    @Test
    void a_runner_that_does_not_end_it_loses_it() {
        try (StartedController controller =
                        StartedController.with(timings -> timings.withCancelGrace(Duration.ofMillis(400)));
                ScriptedRunner runner = controller.runner("deaf", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            cancel(controller, task.getId());
            runner.expect(BodyCase.COMMAND);

            Task ended = controller.await(task.getId(), Task::getTerminal);

            assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
            assertThat(ended.getStopDetail()).contains("deaf did not end it in time");
            assertThat(runner.expect(BodyCase.KILL).getKill().getTask()).isEqualTo(task.getId());
            assertThat(runner.events(assignment, 3, ScriptedRunner.succeeded()).getStale())
                    .isTrue();
        }
    }

    @Test
    void a_runner_that_is_away_hears_of_it_when_it_comes_back() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            Assignment assignment;
            try (ScriptedRunner runner = controller.runner("r", 1)) {
                assignment = runner.begin();
            }
            cancel(controller, task.getId());
            try (ScriptedRunner back = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
                back.hello("r", "boot-1", 1, ScriptedRunner.runs(assignment));

                assertThat(back.expect(BodyCase.COMMAND).getCommand().hasCancel())
                        .isTrue();
            }
        }
    }

    @Test
    void an_ended_task_cannot_be_cancelled() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            runner.events(runner.begin(), 3, ScriptedRunner.succeeded());

            assertThat(controller
                            .post("/v1/tasks/" + task.getId() + "/cancel", "{}")
                            .code())
                    .isEqualTo("E_TASK_ENDED");
        }
    }
}
