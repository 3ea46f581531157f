package dev.belay.controller.heads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.ControllerMessage.BodyCase;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.OperationRecorded;
import dev.belay.proto.v1.Problem;
import dev.belay.proto.v1.Task;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeadMovesTest {
    private StartedController controller;
    private ScriptedRunner runner;
    private Task task;
    private Assignment assignment;

    /** A task that has run steps 1 to 3. */
    @BeforeEach
    void start() {
        controller = StartedController.start();
        runner = controller.runner("r", 1);
        task = controller.submit();
        assignment = runner.begin();
        runner.events(
                assignment,
                3,
                ScriptedRunner.snapshot("step", 1),
                ScriptedRunner.snapshot("step", 2),
                ScriptedRunner.snapshot("step", 3));
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    private StartedController.Answer move(String verb, String body) {
        return controller.post("/v1/tasks/" + task.getId() + "/" + verb, body);
    }

    private Operation moved(String verb, String body) {
        return move(verb, body).as(Operation.newBuilder()).build();
    }

    private Task now() {
        return controller.task(task.getId());
    }

    @Test
    void an_ended_task_goes_back_and_forth_by_its_head_alone() {
        runner.events(assignment, 6, ScriptedRunner.succeeded());

        Operation rollback = moved("rollback", "{\"to\":\"s1\"}");
        assertThat(rollback.getId()).isEqualTo("o4");
        assertThat(rollback.getFrom()).isEqualTo("s3");
        assertThat(rollback.getTo()).isEqualTo("s1");
        assertThat(rollback.getActor()).isEqualTo("ada");
        assertThat(rollback.getFilesCount()).isEqualTo(1);
        assertThat(rollback.getFiles(0).getStatus()).isEqualTo("M");
        assertThat(now().getHead()).isEqualTo("s1");
        assertThat(now().getFilesChanged()).isEqualTo(1);
        assertThat(now().getLastSnapshot()).isEqualTo("s3");
        assertThat(now().getState()).isEqualTo(dev.belay.proto.v1.TaskState.TASK_STATE_SUCCEEDED);

        assertThat(moved("undo", "{}").getTo()).isEqualTo("s3");
        assertThat(moved("undo", "").getTo()).isEqualTo("s2");
        assertThat(moved("redo", "{}").getTo()).isEqualTo("s3");
        assertThat(moved("redo", "{}").getTo()).isEqualTo("s1");
        assertThat(move("redo", "{}").code()).isEqualTo("E_NOTHING_TO_REDO");
        assertThat(now().getHead()).isEqualTo("s1");

        String log = controller
                .get("/v1/tasks/" + task.getId() + "/events?follow=true")
                .body();
        assertThat(log.split("event: operation")).hasSize(6);
        assertThat(controller
                        .get("/v1/tasks/" + task.getId() + "/snapshots")
                        .json()
                        .get("snapshots")
                        .items())
                .filteredOn(snapshot -> snapshot.flag("head"))
                .singleElement()
                .satisfies(snapshot -> assertThat(snapshot.text("id")).isEqualTo("s1"));
    }

    @Test
    void undo_ends_where_the_task_began() {
        runner.events(assignment, 6, ScriptedRunner.succeeded());
        assertThat(moved("undo", "{}").getTo()).isEqualTo("s2");
        assertThat(moved("undo", "{}").getTo()).isEqualTo("s1");
        assertThat(moved("undo", "{}").getTo()).isEqualTo("s0");

        StartedController.Answer answer = move("undo", "{}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("E_NOTHING_TO_UNDO");
    }

    @Test
    void what_left_the_files_as_they_were_is_not_what_undo_takes_back() {
        runner.events(assignment, 6, ScriptedRunner.snapshot("step", 4, 3), ScriptedRunner.snapshot("step", 5, 3));
        runner.events(assignment, 8, ScriptedRunner.succeeded());
        assertThat(now().getHead()).isEqualTo("s5");

        assertThat(moved("undo", "{}").getTo()).isEqualTo("s2");
        assertThat(moved("redo", "{}").getTo()).isEqualTo("s3");
    }

    @Test
    void a_dry_run_records_nothing() {
        runner.events(assignment, 6, ScriptedRunner.succeeded());
        long before = now().getLastSeq();

        Operation dry = moved("rollback", "{\"to\":\"base\",\"dry_run\":true}");

        assertThat(dry.getTo()).isEqualTo("s0");
        assertThat(dry.getFilesChanged()).isEqualTo(1);
        assertThat(now().getLastSeq()).isEqualTo(before);
        assertThat(now().getHead()).isEqualTo("s3");
    }

    @Test
    void a_snapshot_that_is_not_there_is_named() {
        runner.events(assignment, 6, ScriptedRunner.succeeded());

        assertThat(move("rollback", "{\"to\":\"s9\"}").code()).isEqualTo("E_NO_SUCH_SNAPSHOT");
        assertThat(move("rollback", "{\"to\":\"yesterday\"}").code()).isEqualTo("E_USAGE");
        assertThat(move("rollback", "{}").code()).isEqualTo("E_USAGE");
        assertThat(move("undo", "{\"to\":\"s1\"}").code()).isEqualTo("E_BAD_REQUEST");
    }

    @Test
    void a_step_of_an_ended_task_is_undone_by_a_snapshot_of_its_own() {
        runner.events(assignment, 6, ScriptedRunner.succeeded());

        Operation dry = moved("revert", "{\"step\":\"s2\",\"dry_run\":true}");
        assertThat(dry.getTo()).isEmpty();
        assertThat(dry.getFilesCount()).isEqualTo(1);
        assertThat(now().getHead()).isEqualTo("s3");

        Operation revert = moved("revert", "{\"step\":\"s2\"}");

        assertThat(revert.getId()).isEqualTo("o4");
        assertThat(revert.getKind()).isEqualTo("revert");
        assertThat(revert.getReverts()).isEqualTo("s2");
        assertThat(revert.getFrom()).isEqualTo("s3");
        assertThat(revert.getTo()).isEqualTo("s4");
        assertThat(revert.getActor()).isEqualTo("ada");
        assertThat(now().getHead()).isEqualTo("s4");
        assertThat(now().getLastSnapshot()).isEqualTo("s4");
        assertThat(now().getFilesChanged()).isEqualTo(7);
        String log = controller
                .get("/v1/tasks/" + task.getId() + "/events?follow=true")
                .body();
        assertThat(log.split("event: operation")).hasSize(2);
        assertThat(log.indexOf("event: snapshot.created", log.indexOf("task.state")))
                .isLessThan(log.indexOf("event: operation"));
        assertThat(controller.get("/v1/tasks/" + task.getId() + "/operations").body())
                .contains("\"id\":\"o4\"", "\"reverts\":\"s2\"");
        assertThat(moved("undo", "{}").getTo()).isEqualTo("s3");
        assertThat(moved("redo", "{}").getTo()).isEqualTo("s4");
        assertThat(moved("revert", "{\"step\":\"s4\"}").getTo()).isEqualTo("s5");
    }

    @Test
    void what_cannot_be_undone_alone_is_named_and_changes_nothing() {
        runner.events(assignment, 6, ScriptedRunner.succeeded());
        long before = now().getLastSeq();

        assertThat(move("revert", "{\"step\":\"s0\"}").code()).isEqualTo("E_NOTHING_TO_REVERT");
        assertThat(move("revert", "{\"step\":\"s9\"}").code()).isEqualTo("E_NO_SUCH_SNAPSHOT");
        assertThat(move("revert", "{}").code()).isEqualTo("E_USAGE");
        assertThat(move("revert", "{\"to\":\"s1\"}").code()).isEqualTo("E_BAD_REQUEST");
        StartedController.Answer conflict = move("revert", "{\"step\":\"s1\"}");
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.code()).isEqualTo("E_CONFLICT");
        assertThat(now().getLastSeq()).isEqualTo(before);
        assertThat(now().getHead()).isEqualTo("s3");

        moved("rollback", "{\"to\":\"s2\"}");
        StartedController.Answer after = move("revert", "{\"step\":\"s3\"}");
        assertThat(after.code()).isEqualTo("E_NOTHING_TO_REVERT");
        assertThat(after.body()).contains("the result is s2, which s3 came after");
    }

    @Test
    void a_step_of_a_live_task_is_undone_by_its_runner_whose_snapshot_is_the_operation() {
        CompletableFuture<StartedController.Answer> asked =
                CompletableFuture.supplyAsync(() -> move("revert", "{\"step\":\"s2\"}"));
        Command command = runner.expect(BodyCase.COMMAND).getCommand();
        assertThat(command.getEpoch()).isEqualTo(1);
        assertThat(command.getRevert().getUndone().getId()).isEqualTo("s2");
        assertThat(command.getRevert().getBefore().getId()).isEqualTo("s1");
        assertThat(command.getRevert().getExpectedHeadStep()).isEqualTo(3);
        Event made =
                ScriptedRunner.snapshot("revert", 5).toBuilder().setActor("ada").build();
        runner.events(assignment, 6, ScriptedRunner.snapshot("safety", 4), made);
        runner.answer(CommandResult.newBuilder()
                .setCommand(command.getId())
                .setOperation(Operation.newBuilder().setTo("s5")));
        assertThat(asked.join().as(Operation.newBuilder()).getTo()).isEqualTo("s5");

        assertThat(now().getHead()).isEqualTo("s5");
        String operations =
                controller.get("/v1/tasks/" + task.getId() + "/operations").body();
        assertThat(operations).contains("\"kind\":\"revert\",\"from\":\"s4\",\"to\":\"s5\",\"actor\":\"ada\"");
        // The same again, after a connection that broke: nothing happens twice.
        runner.events(assignment, 6, ScriptedRunner.snapshot("safety", 4), made);
        assertThat(controller.get("/v1/tasks/" + task.getId() + "/operations").body())
                .isEqualTo(operations);
        runner.events(assignment, 8, ScriptedRunner.succeeded());
        assertThat(moved("undo", "{}").getTo()).isEqualTo("s4");
    }

    @Test
    void a_live_task_is_moved_by_its_runner() {
        CompletableFuture<StartedController.Answer> asked =
                CompletableFuture.supplyAsync(() -> move("rollback", "{\"to\":\"s1\"}"));
        Command command = runner.expect(BodyCase.COMMAND).getCommand();
        assertThat(command.getEpoch()).isEqualTo(1);
        assertThat(command.getActor()).isEqualTo("ada");
        assertThat(command.getMoveHead().getKind()).isEqualTo("rollback");
        assertThat(command.getMoveHead().getTo().getCommit()).isEqualTo(ScriptedRunner.commit(1));
        assertThat(command.getMoveHead().getExpectedHeadStep()).isEqualTo(3);
        assertThat(command.getMoveHead().getOperationNumber()).isEqualTo(4);
        Operation done = Operation.newBuilder()
                .setNumber(4)
                .setId("o4")
                .setKind("rollback")
                .setFrom("s4")
                .setTo("s1")
                .setActor("ada")
                .build();

        runner.events(
                assignment,
                6,
                ScriptedRunner.snapshot("safety", 4),
                Event.newBuilder()
                        .setActor("ada")
                        .setOperation(OperationRecorded.newBuilder().setOperation(done))
                        .build());
        runner.answer(CommandResult.newBuilder().setCommand(command.getId()).setOperation(done));

        assertThat(asked.join().as(Operation.newBuilder()).getTo()).isEqualTo("s1");
        assertThat(now().getHead()).isEqualTo("s1");
        runner.events(assignment, 8, ScriptedRunner.succeeded());
        assertThat(moved("undo", "{}").getTo()).isEqualTo("s4");
    }

    @Test
    void what_the_runner_refuses_is_said_as_it_said_it() {
        CompletableFuture<StartedController.Answer> asked = CompletableFuture.supplyAsync(() -> move("undo", "{}"));
        Command command = runner.expect(BodyCase.COMMAND).getCommand();
        assertThat(command.getMoveHead().getKind()).isEqualTo("undo");
        assertThat(command.getMoveHead().getTo().getId()).isEqualTo("s2");

        runner.answer(CommandResult.newBuilder()
                .setCommand(command.getId())
                .setFailed(Problem.newBuilder()
                        .setCode("E_HEAD_MOVED")
                        .setTitle("the head moved")
                        .setDetail("the runner")
                        .setWork("nothing was changed")));

        assertThat(asked.join().status()).isEqualTo(409);
        assertThat(asked.join().code()).isEqualTo("E_HEAD_MOVED");
        assertThat(now().getHead()).isEqualTo("s3");
    }

    @Test
    void two_moves_of_one_task_at_a_time_are_refused() {
        CompletableFuture<StartedController.Answer> first = CompletableFuture.supplyAsync(() -> move("undo", "{}"));
        Command command = runner.expect(BodyCase.COMMAND).getCommand();

        assertThat(move("undo", "{}").code()).isEqualTo("E_BUSY");

        runner.answer(CommandResult.newBuilder()
                .setCommand(command.getId())
                .setOperation(Operation.newBuilder().setTo("s2")));
        assertThat(first.join().status()).isEqualTo(200);
    }

    @Test
    void a_runner_that_comes_back_is_asked_again_with_the_same_id() {
        CompletableFuture<StartedController.Answer> asked = CompletableFuture.supplyAsync(() -> move("undo", "{}"));
        Command command = runner.expect(BodyCase.COMMAND).getCommand();
        runner.close();

        runner = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r");
        runner.hello("r", "boot-1", 1, ScriptedRunner.runs(assignment));

        assertThat(runner.expect(BodyCase.COMMAND).getCommand().getId()).isEqualTo(command.getId());
        runner.answer(CommandResult.newBuilder()
                .setCommand(command.getId())
                .setOperation(Operation.newBuilder().setTo("s2")));
        assertThat(asked.join().status()).isEqualTo(200);
    }

    @Test
    void a_runner_that_is_started_anew_has_forgotten_the_question() {
        CompletableFuture<StartedController.Answer> asked = CompletableFuture.supplyAsync(() -> move("undo", "{}"));
        runner.expect(BodyCase.COMMAND);
        runner.close();

        runner = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r");
        runner.hello("r", "boot-2", 1);

        assertThat(asked.join().status()).isEqualTo(503);
        assertThat(asked.join().code()).isEqualTo("E_UNREACHABLE");
    }

    @Test
    void without_its_runner_a_live_task_cannot_be_moved() {
        runner.close();

        StartedController.Answer answer = dev.belay.controller.testing.Eventually.get(
                "the answer",
                java.time.Duration.ofSeconds(20),
                () -> move("undo", "{}"),
                given -> given.code().equals("E_NO_RUNNER"));

        assertThat(answer.status()).isEqualTo(503);
    }

    @Test
    void changes_diff_and_pack_are_between_named_snapshots() {
        String path = "/v1/tasks/" + task.getId();

        assertThat(controller.get(path + "/changes").body())
                .contains("\"from\":\"s0\",\"to\":\"s3\"")
                .contains(ScriptedRunner.commit(3));
        StartedController.Answer diff = controller.get(path + "/diff?from=s1&to=s2&path=a&path=b%20c");
        assertThat(diff.type()).startsWith("text/x-diff");
        assertThat(diff.body())
                .isEqualTo("diff " + ScriptedRunner.commit(1) + " " + ScriptedRunner.commit(2) + " [a, b c]\n");
        StartedController.Answer pack = controller.get(path + "/pack");
        assertThat(pack.type()).startsWith("application/x-git-pack");
        assertThat(pack.body()).isEqualTo("PACK " + ScriptedRunner.commit(0) + " " + ScriptedRunner.commit(3));
        assertThat(controller.get(path + "/diff?to=s77").code()).isEqualTo("E_NO_SUCH_SNAPSHOT");
    }
}
