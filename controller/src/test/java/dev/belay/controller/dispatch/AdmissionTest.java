package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The standard policy accepts by itself that disk is not capped in sum, and nothing else. */
class AdmissionTest {
    private static final String MEMORY = "memory-cap: no cgroup is delegated to this user";
    private static final String DISK = "disk-cap: a task's files are bounded one by one and not in sum";

    private StartedController controller;

    @BeforeEach
    void start() {
        controller = StartedController.start();
    }

    @AfterEach
    void stop() {
        controller.close();
    }

    @Test
    void where_every_runner_is_weaker_than_the_policy_accepts_a_task_is_refused_with_the_way_out() {
        try (ScriptedRunner one = controller.weakerRunner("one", 1, MEMORY, DISK);
                ScriptedRunner two = controller.weakerRunner("two", 1, MEMORY)) {
            StartedController.Answer answer = controller.trySubmit(controller.submission());

            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("E_WEAKER_ISOLATION");
            assertThat(answer.json().number("exit_code")).isEqualTo(6);
            assertThat(answer.json().text("detail")).endsWith("one: memory-cap; two: memory-cap");
            assertThat(answer.json().text("work")).isEqualTo("nothing was changed");
            assertThat(answer.json().text("next")).contains("--accept-weaker").contains("belay doctor");
            assertThat(controller.get("/v1/tasks").json().get("tasks").items()).isEmpty();
            assertThat(one.hearsNothing(0)).isTrue();
            assertThat(two.hearsNothing(0)).isTrue();
        }
    }

    @Test
    void a_person_may_accept_it() {
        try (ScriptedRunner runner = controller.weakerRunner("weak", 1, MEMORY)) {
            Task task = controller.submit(controller.submission().setAcceptWeaker(true));

            Assignment assignment = runner.assignment();
            assertThat(assignment.getTask()).isEqualTo(task.getId());
            assertThat(assignment.getAcceptWeaker()).isTrue();
        }
    }

    @Test
    void what_the_policy_accepts_needs_nobodys_word() {
        try (ScriptedRunner runner = controller.weakerRunner("usual", 1, DISK)) {
            Task task = controller.submit();

            assertThat(runner.assignment().getTask()).isEqualTo(task.getId());
        }
    }

    @Test
    void a_task_goes_to_the_runner_that_isolates_as_asked_though_another_has_more_room() {
        try (ScriptedRunner roomy = controller.weakerRunner("roomy", 9, MEMORY);
                ScriptedRunner strong = controller.runner("strong", 1)) {
            Task task = controller.submit();

            assertThat(strong.assignment().getTask()).isEqualTo(task.getId());
            assertThat(roomy.hearsNothing(200)).isTrue();
        }
    }

    @Test
    void tasks_that_no_free_runner_suits_keep_nobody_waiting_who_accepts_it() {
        try (ScriptedRunner strong = controller.runner("strong", 1)) {
            controller.submit();
            strong.begin();
            Task first = controller.submit();
            Task second = controller.submit();
            Task accepts = controller.submit(controller.submission().setAcceptWeaker(true));
            try (ScriptedRunner weak = controller.weakerRunner("weak", 1, MEMORY)) {
                assertThat(weak.assignment().getTask()).isEqualTo(accepts.getId());

                assertThat(controller.task(first.getId()).getStopReason()).isEqualTo("no_place");
                assertThat(controller.task(second.getId()).getStopDetail())
                        .isEqualTo("all 1 places of the connected runners that isolate as the policy asks are taken");
            }
        }
    }

    @Test
    void a_task_that_waits_for_a_better_runner_says_so_and_goes_when_one_comes() {
        Task task = controller.submit();
        try (ScriptedRunner weak = controller.weakerRunner("weak", 1, MEMORY)) {
            Task waiting = controller.task(task.getId());
            assertThat(waiting.getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
            assertThat(waiting.getStopReason()).isEqualTo("weaker_isolation");
            assertThat(waiting.getStopDetail()).contains("weak: memory-cap").contains("--accept-weaker");
            assertThat(weak.hearsNothing(300)).isTrue();

            try (ScriptedRunner strong = controller.runner("strong", 1)) {
                assertThat(strong.assignment().getTask()).isEqualTo(task.getId());
            }
        }
    }

    @Test
    void the_same_request_again_is_the_same_task_though_the_runners_are_others_by_now() {
        var submission = controller.submission();
        Task task = controller.submit(submission);
        try (ScriptedRunner weak = controller.weakerRunner("weak", 1, MEMORY)) {
            assertThat(controller.submit(submission).getId()).isEqualTo(task.getId());
            assertThat(weak.hearsNothing(0)).isTrue();
        }
    }

    @Test
    void what_a_runner_says_of_itself_is_shown_short_and_printable() {
        try (ScriptedRunner runner = controller.weakerRunner("odd", 1, "\u001b[31mx".repeat(1000))) {
            StartedController.Answer answer = controller.trySubmit(controller.submission());

            assertThat(answer.code()).isEqualTo("E_WEAKER_ISOLATION");
            assertThat(answer.json().text("detail")).hasSizeLessThan(400).doesNotContain("\u001b");
            assertThat(runner.hearsNothing(0)).isTrue();
        }
    }
}
