package dev.belay.controller.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.controller.testing.Eventually;
import dev.belay.controller.testing.MemoryPacks;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.AssignAck;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TurnEnded;
import dev.belay.proto.v1.Welcome;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkTest {
    private StartedController controller;

    @BeforeEach
    void start() {
        controller = StartedController.start();
    }

    @AfterEach
    void stop() {
        controller.close();
    }

    private List<Long> seqs(String task) {
        return controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select seq from event where task = :task order by seq")
                        .bind("task", task)
                        .mapTo(Long.class)
                        .list());
    }

    private String log(String task) {
        return controller.get("/v1/tasks/" + task + "/events").body();
    }

    @Test
    void a_wrong_token_does_not_come_in() {
        try (ScriptedRunner runner = ScriptedRunner.dial(controller.grpcPort(), controller.token(), "r")) {
            assertThat(runner.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    @Test
    void a_session_begins_with_hello() {
        try (ScriptedRunner runner = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
            runner.send(RunnerMessage.newBuilder()
                    .setAssignAck(AssignAck.newBuilder().setTask("t-x"))
                    .build());

            assertThat(runner.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void a_runner_of_another_protocol_is_told_so() {
        try (ScriptedRunner runner = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
            runner.send(RunnerMessage.newBuilder()
                    .setHello(Hello.newBuilder().setRunner("r").setProtocol(99).setVersion("9.0"))
                    .build());

            Status end = runner.end();
            assertThat(end.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(end.getDescription()).contains("E_SERVER_VERSION").contains("9.0");
        }
    }

    @Test
    void the_welcome_says_how_long_a_lease_is() {
        try (ScriptedRunner runner = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
            Welcome welcome = runner.hello("r", "boot", 1);

            assertThat(welcome.getLeaseSeconds()).isEqualTo(30);
            assertThat(welcome.getProtocol()).isEqualTo(1);
            assertThat(controller.get("/v1/status").json().get("runners").items())
                    .singleElement()
                    .satisfies(seen -> {
                        assertThat(seen.text("id")).isEqualTo("r");
                        assertThat(seen.flag("connected")).isTrue();
                    });
        }
        Eventually.get(
                "the runner's connection",
                Duration.ofSeconds(10),
                () -> controller
                        .get("/v1/status")
                        .json()
                        .get("runners")
                        .items()
                        .getFirst()
                        .flag("connected"),
                connected -> !connected);
    }

    @Test
    void what_a_runner_observes_is_counted() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            Event cost = Event.newBuilder()
                    .setTurnEnd(TurnEnded.newBuilder().setCostUsd(0.25))
                    .build();
            runner.events(
                    assignment,
                    3,
                    ScriptedRunner.turn(1),
                    ScriptedRunner.call(1, 1),
                    ScriptedRunner.snapshot("step", 1),
                    cost,
                    ScriptedRunner.turn(2),
                    ScriptedRunner.call(2, 2),
                    ScriptedRunner.snapshot("step", 2),
                    cost,
                    ScriptedRunner.succeeded());

            Task ended = controller.task(task.getId());

            assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(ended.getExitCode()).isZero();
            assertThat(ended.getTurns()).isEqualTo(2);
            assertThat(ended.getSteps()).isEqualTo(2);
            assertThat(ended.getCostUsd()).isEqualTo(0.5);
            assertThat(ended.getHead()).isEqualTo("s2");
            assertThat(ended.getLastSnapshot()).isEqualTo("s2");
            assertThat(ended.getFilesChanged()).isEqualTo(2);
            assertThat(ended.getSandbox()).isEqualTo("namespace");
            assertThat(ended.hasStartedAt()).isTrue();
            assertThat(ended.hasFinishedAt()).isTrue();
            String snapshots =
                    controller.get("/v1/tasks/" + task.getId() + "/snapshots").body();
            assertThat(snapshots).contains("\"id\":\"s0\"").contains("\"id\":\"s2\"");
            assertThat(controller
                            .get("/v1/tasks/" + task.getId() + "/operations")
                            .json()
                            .get("operations")
                            .items())
                    .extracting(operation ->
                            operation.text("id") + " " + operation.text("from") + ">" + operation.text("to"))
                    .containsExactly("o1 s0>s1", "o2 s1>s2");
        }
    }

    @Test
    void events_sent_twice_are_appended_once() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            runner.events(assignment, 3, ScriptedRunner.turn(1), ScriptedRunner.call(1, 1));

            EventAck again = runner.events(
                    assignment,
                    2,
                    ScriptedRunner.running(),
                    ScriptedRunner.turn(1),
                    ScriptedRunner.call(1, 1),
                    ScriptedRunner.turn(2));

            assertThat(again.getDurableRunnerSeq()).isEqualTo(5);
            assertThat(seqs(task.getId())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
            assertThat(controller.task(task.getId()).getTurns()).isEqualTo(2);
        }
    }

    @Test
    void what_would_leave_a_gap_is_not_taken() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            EventAck early = runner.events(assignment, 4, ScriptedRunner.turn(2));
            EventAck missing = runner.events(assignment, 3, ScriptedRunner.turn(1));
            EventAck late = runner.events(assignment, 4, ScriptedRunner.turn(2));

            assertThat(early.getDurableRunnerSeq()).isEqualTo(2);
            assertThat(early.getStale()).isFalse();
            assertThat(missing.getDurableRunnerSeq()).isEqualTo(3);
            assertThat(late.getDurableRunnerSeq()).isEqualTo(4);
            assertThat(seqs(task.getId())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        }
    }

    @Test
    void another_epoch_or_another_runner_is_stale() {
        try (ScriptedRunner runner = controller.runner("r", 1);
                ScriptedRunner other = controller.runner("other", 0)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            long before = controller.task(task.getId()).getLastSeq();

            assertThat(runner.events(task.getId(), 2, 3, ScriptedRunner.turn(1)).getStale())
                    .isTrue();
            assertThat(other.events(assignment, 3, ScriptedRunner.turn(1)).getStale())
                    .isTrue();
            assertThat(runner.events("t-nothere", 1, 1, ScriptedRunner.turn(1)).getStale())
                    .isTrue();
            assertThat(controller.task(task.getId()).getLastSeq()).isEqualTo(before);
        }
    }

    @Test
    void nothing_is_taken_after_the_end_and_a_lost_answer_is_given_again() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            runner.events(assignment, 3, ScriptedRunner.succeeded());

            EventAck repeated = runner.events(assignment, 3, ScriptedRunner.succeeded());
            EventAck more = runner.events(assignment, 4, ScriptedRunner.turn(9));

            assertThat(repeated.getStale()).isFalse();
            assertThat(repeated.getDurableRunnerSeq()).isEqualTo(3);
            assertThat(more.getStale()).isTrue();
            assertThat(controller.task(task.getId()).getTurns()).isZero();
        }
    }

    @Test
    void a_change_that_cannot_be_is_a_warning_in_the_log() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            EventAck ack = runner.events(
                    assignment,
                    3,
                    ScriptedRunner.state(TaskState.TASK_STATE_PREPARING, "", ""),
                    ScriptedRunner.snapshot("base", 0),
                    ScriptedRunner.turn(1));

            assertThat(ack.getDurableRunnerSeq()).isEqualTo(5);
            assertThat(controller.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_RUNNING);
            assertThat(log(task.getId())).contains("W_REFUSED_EVENT").contains("second snapshot of step 0");
        }
    }

    @Test
    void a_runner_that_comes_back_keeps_its_task_and_sends_again_what_was_not_acknowledged() {
        Task task = controller.submit();
        Assignment assignment;
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            assignment = runner.begin();
        }
        try (ScriptedRunner back = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
            Welcome welcome =
                    back.hello("r", "boot-1", 1, ScriptedRunner.runs(assignment), ScriptedRunner.runs("t-gone", 3));

            assertThat(welcome.getKillList()).singleElement().satisfies(kill -> {
                assertThat(kill.getTask()).isEqualTo("t-gone");
                assertThat(kill.getEpoch()).isEqualTo(3);
            });
            EventAck ack = back.events(assignment, 2, ScriptedRunner.running(), ScriptedRunner.turn(1));
            assertThat(ack.getDurableRunnerSeq()).isEqualTo(3);
            assertThat(ack.getStale()).isFalse();
            assertThat(seqs(task.getId())).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
    }

    @Test
    void a_task_survives_a_restart_of_the_controller_in_the_same_epoch() throws Exception {
        Task task = controller.submit();
        Assignment assignment;
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            assignment = runner.begin();
        }
        controller = controller.restarted();
        try (ScriptedRunner back = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
            assertThat(back.hello("r", "boot-1", 1, ScriptedRunner.runs(assignment))
                            .getKillCount())
                    .isZero();
            back.events(assignment, 3, ScriptedRunner.succeeded());
            assertThat(controller.task(task.getId()).getEpoch()).isEqualTo(1);
            assertThat(controller.task(task.getId()).getExitCode()).isZero();
        }
    }

    @Test
    void a_newer_session_of_the_same_runner_takes_the_place_of_the_older() {
        try (ScriptedRunner older = controller.runner("r", 1);
                ScriptedRunner newer = controller.runner("r", 1)) {
            assertThat(older.end().getCode()).isEqualTo(Status.Code.ABORTED);
            controller.submit();
            assertThat(newer.assignment().getEpoch()).isEqualTo(1);
        }
    }

    @Test
    void packs_go_up_and_down_for_the_holder_of_the_task_alone() throws Exception {
        byte[] pack = "PACK of a snapshot".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String hash = MemoryPacks.sha256(pack);
        try (ScriptedRunner runner = controller.runner("r", 1);
                ScriptedRunner other = controller.runner("other", 0)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            assertThat(runner.putPack(task.getId(), 1, pack, pack.length).getSha256())
                    .isEqualTo(hash);

            assertThat(runner.getPack(task.getId(), hash)).isEqualTo(pack);
            assertThatThrownBy(() -> runner.putPack(task.getId(), 2, pack, pack.length))
                    .hasMessageContaining("E_STALE_EPOCH");
            assertThatThrownBy(() -> runner.putPack(task.getId(), 0, pack, pack.length))
                    .hasMessageContaining("E_STALE_EPOCH");
            assertThatThrownBy(() -> other.putPack(task.getId(), 1, pack, pack.length))
                    .hasMessageContaining("E_STALE_EPOCH");
            assertThatThrownBy(() -> other.getPack(task.getId(), hash)).hasMessageContaining("E_NO_SUCH_PACK");
            assertThatThrownBy(() -> runner.getPack(task.getId(), "f".repeat(64)))
                    .hasMessageContaining("E_NO_SUCH_PACK");
            runner.events(assignment, 3, ScriptedRunner.succeeded());
            assertThatThrownBy(() -> runner.putPack(task.getId(), 1, pack, pack.length))
                    .hasMessageContaining("E_STALE_EPOCH");
        }
    }

    @Test
    void a_pack_that_cannot_be_looked_for_now_is_to_be_asked_for_again_and_is_not_refused() throws Exception {
        byte[] pack = "PACK of a snapshot".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String hash = MemoryPacks.sha256(pack);
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            runner.begin();
            runner.putPack(task.getId(), 1, pack, pack.length);
            controller.jdbi().useHandle(handle -> handle.execute("alter table task rename to away"));
            try {
                assertThatThrownBy(() -> runner.getPack(task.getId(), hash)).hasMessageContaining("UNAVAILABLE");
                assertThatThrownBy(() -> runner.putPack(task.getId(), 1, pack, pack.length))
                        .hasMessageContaining("UNAVAILABLE");
            } finally {
                controller.jdbi().useHandle(handle -> handle.execute("alter table away rename to task"));
            }

            assertThat(runner.getPack(task.getId(), hash)).isEqualTo(pack);
        }
    }

    @Test
    void a_pack_that_is_longer_or_shorter_than_announced_is_refused() {
        byte[] pack = "PACK".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            runner.begin();

            assertThatThrownBy(() -> runner.putPack(task.getId(), 1, pack, 5)).hasMessageContaining("E_PACK_REFUSED");
            assertThatThrownBy(() -> runner.putPack(task.getId(), 1, pack, 2)).hasMessageContaining("E_PACK_REFUSED");
        }
    }

    @Test
    void a_batch_over_the_bound_ends_the_session_and_not_the_controller() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            Event large = ScriptedRunner.state(TaskState.TASK_STATE_RUNNING, "", "x".repeat(9 << 20));

            assertThatThrownBy(() -> runner.events(assignment, 3, large)).isInstanceOf(AssertionError.class);

            assertThat(runner.end().getCode()).isNotEqualTo(Status.Code.OK);
            assertThat(controller.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_RUNNING);
            assertThat(runner.hearsNothing(1)).isTrue();
        }
    }

    @Test
    void a_runner_whose_session_the_controller_ended_is_given_nothing_until_it_comes_back() {
        try (ScriptedRunner runner = controller.runner("gone", 1)) {
            runner.send(RunnerMessage.newBuilder()
                    .setHello(Hello.newBuilder().setRunner("gone"))
                    .build());
            runner.end();

            Task task = controller.submit();

            assertThat(runner.hearsNothing(1500)).isTrue();
            assertThat(controller.task(task.getId()).getEpoch()).as("tries").isZero();
        }
        try (ScriptedRunner again = controller.runner("gone", 1)) {
            assertThat(again.assignment().getEpoch()).isEqualTo(1);
        }
    }

    @Test
    void control_characters_and_nul_in_what_a_runner_says_do_no_harm() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            runner.events(assignment, 3, ScriptedRunner.state(TaskState.TASK_STATE_FAILED, "model\0_error", "a\nb\0c"));

            Task ended = controller.task(task.getId());
            assertThat(ended.getStopReason()).isEqualTo("model_error");
            assertThat(log(task.getId()).lines().filter(line -> line.startsWith("data: ")))
                    .hasSize((int) ended.getLastSeq());
        }
    }

    @Test
    void messages_and_events_of_a_newer_version_are_passed_over() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            controller.submit();
            Assignment assignment = runner.begin();

            runner.send(RunnerMessage.getDefaultInstance());

            assertThat(runner.events(assignment, 3, Event.getDefaultInstance()).getDurableRunnerSeq())
                    .isEqualTo(3);
        }
    }
}
