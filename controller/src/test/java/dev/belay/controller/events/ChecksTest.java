package dev.belay.controller.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Check;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What says at a task's end whether its work is done, and which tools its model is given. */
class ChecksTest {
    private static final Check FAILED = Check.newBuilder()
            .setCommand("make test")
            .setOutcome("failed")
            .setExitCode(2)
            .setOutput("x".repeat(5_000) + "2 tests failed")
            .setStep(7)
            .build();

    private StartedController controller;
    private ScriptedRunner runner;

    @BeforeEach
    void start() {
        controller = StartedController.start();
        runner = controller.askingRunner("r", 1, ScriptedRunner.usable("acme"));
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    @Test
    void a_runner_is_told_what_was_asked_for() {
        controller.submit(controller
                .submission("acme/m-1")
                .setCheck("make test")
                .addAllowedTools("Read")
                .addAllowedTools("Edit")
                .addDisallowedTools("Bash"));

        Assignment assignment = runner.assignment();

        assertThat(assignment.getCheck()).isEqualTo("make test");
        assertThat(assignment.getNoCheck()).isFalse();
        assertThat(assignment.getAllowedToolsList()).containsExactly("Read", "Edit");
        assertThat(assignment.getDisallowedToolsList()).containsExactly("Bash");
    }

    @Test
    void what_a_check_came_to_is_the_tasks_and_bounded() {
        Task task = controller.submit(controller.submission("acme/m-1"));
        assertThat(controller.task(task.getId()).hasCheck()).isFalse();

        runner.events(runner.begin(), 3, ended(TaskState.TASK_STATE_FAILED, "check_failed", FAILED));

        Task ended = controller.await(task.getId(), Task::getTerminal);
        assertThat(ended.getExitCode()).isEqualTo(1);
        assertThat(ended.getCheck().getOutcome()).isEqualTo("failed");
        assertThat(ended.getCheck().getExitCode()).isEqualTo(2);
        assertThat(ended.getCheck().getStep()).isEqualTo(7);
        assertThat(ended.getCheck().getOutput()).hasSize(2_000).endsWith("2 tests failed");
    }

    @Test
    void a_fork_is_checked_as_its_parent_was_and_by_a_check_of_its_own() {
        Task parent = controller.submit(
                controller.submission("acme/m-1").setNoCheck(true).addDisallowedTools("Bash"));
        runner.events(
                runner.begin(),
                3,
                ended(
                        TaskState.TASK_STATE_SUCCEEDED,
                        "done",
                        FAILED.toBuilder().setOutcome("not_needed").build()));

        Task fork = controller
                .post(
                        "/v1/tasks/" + parent.getId() + "/fork",
                        "{\"snapshot\":\"s0\",\"idempotency_key\":\"fork-key-1\"}")
                .as(Task.newBuilder())
                .build();

        Assignment assignment = runner.assignment();
        assertThat(fork.hasCheck()).isFalse();
        assertThat(assignment.getNoCheck()).isTrue();
        assertThat(assignment.getDisallowedToolsList()).containsExactly("Bash");
    }

    private static Event ended(TaskState to, String reason, Check check) {
        Event event = ScriptedRunner.state(to, reason, "");
        return event.toBuilder()
                .setTaskState(event.getTaskState().toBuilder().setCheck(check))
                .build();
    }
}
