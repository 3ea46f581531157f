package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClaimTest {
    @Test
    void a_queued_task_goes_to_the_runner_that_connects_with_all_it_needs() {
        try (StartedController controller = StartedController.start()) {
            controller.post("/v1/projects/" + controller.project() + "/packs", new byte[] {1, 2, 3});
            Task task = controller.submit();
            try (ScriptedRunner runner = controller.runner("local-1", 1)) {
                Assignment assignment = runner.assignment();

                assertThat(assignment.getTask()).isEqualTo(task.getId());
                assertThat(assignment.getShortId()).isEqualTo(task.getShortId());
                assertThat(assignment.getEpoch()).isEqualTo(1);
                assertThat(assignment.getTenant()).isEqualTo("local");
                assertThat(assignment.getActor()).isEqualTo("ada");
                assertThat(assignment.getScript()).isEqualTo("model: script/1");
                assertThat(assignment.getPacksList()).hasSize(1);
                assertThat(assignment.getPacks(0).getSize()).isEqualTo(3);
                runner.ack(assignment);
                Task preparing =
                        controller.await(task.getId(), now -> now.getState() == TaskState.TASK_STATE_PREPARING);
                assertThat(preparing.getRunner()).isEqualTo("local-1");
            }
        }
    }

    @Test
    void no_more_tasks_are_given_than_there_are_places_and_a_free_place_is_used_at_once() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("local-1", 1)) {
            Task first = controller.submit();
            Task second = controller.submit();

            Assignment assignment = runner.begin();

            assertThat(assignment.getTask()).isEqualTo(first.getId());
            Task waiting = controller.task(second.getId());
            assertThat(waiting.getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
            assertThat(waiting.getStopReason()).isEqualTo("no_place");
            runner.events(assignment, 3, ScriptedRunner.succeeded());
            assertThat(runner.assignment().getTask()).isEqualTo(second.getId());
        }
    }

    @Test
    void a_tenant_with_a_long_queue_does_not_keep_another_waiting() {
        try (StartedController controller = StartedController.start()) {
            for (int i = 0; i < 20; i++) {
                controller.submit();
            }
            List<String> others =
                    List.of(controller.submit().getId(), controller.submit().getId());
            controller.jdbi().useTransaction(handle -> {
                handle.execute("insert into tenant (tenant, actor) values ('other', 'eve')");
                handle.execute("insert into actor (tenant, actor) values ('other', 'eve')");
                others.forEach(
                        id -> handle.execute("update task set tenant = 'other', actor = 'eve' where id = ?", id));
            });
            try (ScriptedRunner runner = controller.runner("local-1", 4)) {
                List<String> given = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    given.add(runner.assignment().getTask());
                }

                assertThat(given).doesNotHaveDuplicates().containsAll(others);
            }
        }
    }

    @Test
    void tasks_are_spread_over_runners() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner one = controller.runner("one", 2);
                ScriptedRunner two = controller.runner("two", 2)) {
            controller.submit();
            controller.submit();

            assertThat(one.assignment().getTask()).isNotEqualTo(two.assignment().getTask());
        }
    }

    @Test
    void a_rejected_task_goes_back_and_to_another_runner() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner first = controller.runner("first", 1)) {
            Task task = controller.submit();
            first.reject(first.assignment(), "no disk");
            Task queued =
                    controller.await(task.getId(), now -> now.getStopDetail().contains("no disk"));
            assertThat(queued.getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
            assertThat(first.hearsNothing(400)).isTrue();

            try (ScriptedRunner second = controller.runner("second", 1)) {
                Assignment again = second.assignment();

                assertThat(again.getTask()).isEqualTo(task.getId());
                assertThat(again.getEpoch()).isEqualTo(2);
            }
        }
    }

    @Test
    void a_rejected_task_comes_back_to_the_only_runner_after_a_while() {
        try (StartedController controller =
                        StartedController.with(timings -> timings.withAvoidAfterReject(Duration.ofMillis(300)));
                ScriptedRunner runner = controller.runner("only", 1)) {
            controller.submit();
            runner.reject(runner.assignment(), "busy");

            assertThat(runner.assignment().getEpoch()).isEqualTo(2);
        }
    }

    @Test
    void an_assignment_that_is_not_answered_is_given_again() {
        try (StartedController controller =
                        StartedController.with(timings -> timings.withAssignAck(Duration.ofMillis(300)));
                ScriptedRunner runner = controller.runner("slow", 1)) {
            controller.submit();
            Assignment first = runner.assignment();

            assertThat(runner.expect(ControllerMessage.BodyCase.KILL).getKill().getEpoch())
                    .isEqualTo(1);
            Assignment second = runner.assignment();
            assertThat(second.getTask()).isEqualTo(first.getTask());
            assertThat(second.getEpoch()).isEqualTo(2);
            assertThat(runner.events(first, 1, ScriptedRunner.running()).getStale())
                    .isTrue();
        }
    }

    @Test
    void a_renewed_lease_lives_on() {
        try (StartedController controller =
                        StartedController.with(timings -> timings.withLease(Duration.ofMillis(1500)));
                ScriptedRunner runner = controller.runner("steady", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            for (int i = 0; i < 8; i++) {
                assertThat(runner.renew(ScriptedRunner.runs(assignment)).getHeldCount())
                        .isEqualTo(1);
                assertThat(runner.hearsNothing(300)).isTrue();
            }

            assertThat(controller.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_RUNNING);
            assertThat(runner.renew(ScriptedRunner.runs(task.getId(), 9)).getStaleCount())
                    .isEqualTo(1);
        }
    }

    @Test
    void what_many_runners_take_at_once_is_taken_down_and_what_is_not_theirs_they_are_to_end() {
        int places = 8;
        try (StartedController controller = StartedController.start()) {
            List<ScriptedRunner> runners = new ArrayList<>();
            try {
                for (int i = 1; i <= 4; i++) {
                    runners.add(controller.runner("r" + i, places));
                }
                for (int i = 0; i < runners.size() * places; i++) {
                    controller.submit();
                }
                List<List<Assignment>> given = runners.stream()
                        .map(runner -> Stream.generate(runner::assignment)
                                .limit(places)
                                .toList())
                        .toList();

                for (int i = 0; i < runners.size(); i++) {
                    ScriptedRunner runner = runners.get(i);
                    given.get(i).forEach(runner::ack);
                    // And one of its neighbour's.
                    runner.ack(given.get((i + 1) % given.size()).getFirst());
                }

                for (int i = 0; i < runners.size(); i++) {
                    assertThat(runners.get(i)
                                    .expect(ControllerMessage.BodyCase.KILL)
                                    .getKill()
                                    .getTask())
                            .isEqualTo(
                                    given.get((i + 1) % given.size()).getFirst().getTask());
                }
                given.stream()
                        .flatMap(List::stream)
                        .forEach(assignment -> assertThat(controller
                                        .await(
                                                assignment.getTask(),
                                                now -> now.getState() == TaskState.TASK_STATE_PREPARING)
                                        .getEpoch())
                                .isEqualTo(1));
                int taken = controller
                        .jdbi()
                        .withHandle(
                                handle -> handle.createQuery("select count(*) from attempt where acked_at is not null")
                                        .mapTo(Integer.class)
                                        .one());
                assertThat(taken).isEqualTo(runners.size() * places);
            } finally {
                runners.forEach(ScriptedRunner::close);
            }
        }
    }
}
