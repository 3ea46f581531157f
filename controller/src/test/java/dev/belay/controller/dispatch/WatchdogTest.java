package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.Timings;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Silence, with a runner that renews its leases all the while. */
class WatchdogTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void a_task_that_says_nothing_is_told_as_stalled_and_its_next_word_clears_it() {
        try (StartedController controller = silent(Duration.ofSeconds(3), LONG, LONG);
                ScriptedRunner runner = controller.runner("mute", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            Task stalled =
                    controller.await(task.getId(), now -> now.getStopReason().equals("stalled"));
            runner.events(assignment, 3, ScriptedRunner.turn(1));
            Task moving = controller.task(task.getId());

            assertThat(stalled.getState()).isEqualTo(TaskState.TASK_STATE_RUNNING);
            assertThat(stalled.getStopDetail()).contains("heard nothing of its work", "takes the task from mute");
            assertThat(moving.getStopReason()).isEmpty();
            assertThat(controller
                            .get("/v1/tasks/" + task.getId() + "/events?follow=false")
                            .body())
                    .containsOnlyOnce("W_STALLED")
                    .contains("stalled: no event for 3 s");
        }
    }

    @Test
    void silence_that_goes_on_takes_the_task_from_its_runner_and_gives_it_to_the_next() {
        try (StartedController controller = silent(Duration.ofMillis(300), Duration.ofMillis(300), LONG);
                ScriptedRunner runner = controller.runner("mute", 1)) {
            Task task = controller.submit();
            runner.begin();

            assertThat(runner.expect(ControllerMessage.BodyCase.KILL).getKill().getTask())
                    .isEqualTo(task.getId());
            assertThat(runner.assignment().getEpoch()).isEqualTo(2);
        }
    }

    @Test
    void a_persons_own_command_may_take_as_long_as_it_likes() throws Exception {
        try (StartedController controller = silent(Duration.ofMillis(700), LONG, LONG);
                ScriptedRunner runner = controller.runner("busy", 1)) {
            Task task = controller.submit();
            runner.begin();
            try (var _ = controller.stream(controller
                    .request("/v1/tasks/" + task.getId() + "/exec")
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"argv\":[\"sleep\",\"9\"]}")))) {
                runner.expect(ControllerMessage.BodyCase.COMMAND);

                assertThat(runner.hearsNothing(1500)).isTrue();

                assertThat(controller.task(task.getId()).getStopReason()).isEmpty();
            }
        }
    }

    @Test
    void a_task_that_no_runner_takes_is_given_up_at_last_and_says_so() {
        try (StartedController controller = silent(LONG, LONG, Duration.ofMillis(300))) {
            Task task = controller.submit();

            Task ended = controller.await(task.getId(), Task::getTerminal);

            assertThat(ended.getStopReason()).isEqualTo("no_runner");
            assertThat(ended.getStopDetail()).contains("no runner took it from the queue");
        }
    }

    @Test
    void the_time_that_the_controller_was_away_is_no_silence() throws Exception {
        StartedController before = silent(LONG, LONG, LONG);
        Task task = before.submit();
        before.jdbi()
                .useHandle(
                        handle -> handle.execute("update task set updated_at = clock_timestamp() - interval '1 day'"));

        try (StartedController again = before.restarted()) {
            assertThat(again.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
        }
    }

    private static StartedController silent(Duration stalled, Duration abandoned, Duration queued) {
        return StartedController.with(
                timings -> timings.withSilence(new Timings.Silence(stalled, abandoned, queued, Duration.ofDays(30))));
    }
}
