package dev.belay.controller.exec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.belay.controller.testing.LogLines;
import dev.belay.controller.testing.MemoryPacks;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandOutput;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.ControllerMessage.BodyCase;
import dev.belay.proto.v1.ExecEnded;
import dev.belay.proto.v1.ExecResult;
import dev.belay.proto.v1.Problem;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExecTest {
    private StartedController controller;
    private ScriptedRunner runner;
    private Task task;
    private Assignment assignment;

    @BeforeEach
    void start() {
        controller = StartedController.with(timings -> timings.withReconnect(Duration.ofMillis(300)));
        runner = controller.runner("r", 1);
        task = controller.submit();
        assignment = runner.begin();
        runner.events(assignment, 3, ScriptedRunner.snapshot("step", 1));
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    private BufferedReader exec(String body) {
        InputStream stream = controller.stream(
                controller.request("/v1/tasks/" + task.getId() + "/exec").POST(BodyPublishers.ofString(body)));
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** The next document, empty at the end; the empty lines between are signs of life. */
    private static String next(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && line.isEmpty()) {
            line = lines.readLine();
        }
        return line == null ? "" : line;
    }

    private void prints(Command command, String text) {
        runner.send(RunnerMessage.newBuilder()
                .setCommandOutput(
                        CommandOutput.newBuilder().setCommand(command.getId()).setStdout(ByteString.copyFromUtf8(text)))
                .build());
    }

    private static String stdout(String line) {
        return new String(Base64.getDecoder().decode(Json.parse(line).text("stdout")), StandardCharsets.UTF_8);
    }

    @Test
    void output_comes_as_it_is_printed_and_the_end_last() throws IOException {
        try (BufferedReader lines = exec("{\"argv\":[\"make\",\"test\"],\"timeout_seconds\":5}")) {
            Command command = runner.expect(BodyCase.COMMAND).getCommand();
            assertThat(command.getRun().getArgvList()).containsExactly("make", "test");
            assertThat(command.getEpoch()).isEqualTo(1);
            assertThat(command.getRun().hasAssignment()).isFalse();

            prints(command, "one\n");
            assertThat(stdout(next(lines))).isEqualTo("one\n");
            prints(command, "two\n");
            assertThat(stdout(next(lines))).isEqualTo("two\n");
            runner.answer(CommandResult.newBuilder()
                    .setCommand(command.getId())
                    .setExec(ExecResult.newBuilder()
                            .setEnded(ExecEnded.newBuilder().setExitCode(7))));

            assertThat(Json.parse(next(lines)).get("ended").number("exit_code")).isEqualTo(7);
            assertThat(next(lines)).isEmpty();
        }
    }

    @Test
    void in_an_ended_task_it_gets_the_workspace_a_step_of_its_own_and_a_place_in_the_log() throws Exception {
        runner.events(assignment, 4, ScriptedRunner.succeeded());
        byte[] pack = {1, 2, 3};
        try (BufferedReader lines = exec("{\"argv\":[\"touch\",\"x\"]}")) {
            Command command = runner.expect(BodyCase.COMMAND).getCommand();
            assertThat(command.getEpoch()).isZero();
            assertThat(command.getRun().getStep()).isEqualTo(2);
            assertThat(command.getRun().getHead().getCommit()).isEqualTo(ScriptedRunner.commit(1));
            assertThat(command.getRun().getAssignment().getTask()).isEqualTo(task.getId());
            assertThat(runner.putPack(task.getId(), 0, pack, 3).getSha256()).isEqualTo(MemoryPacks.sha256(pack));

            runner.answer(CommandResult.newBuilder()
                    .setCommand(command.getId())
                    .setExec(ExecResult.newBuilder()
                            .setEnded(ExecEnded.newBuilder().setSnapshot("s2"))
                            .addEvents(ScriptedRunner.call(0, 2))
                            .addEvents(ScriptedRunner.snapshot("exec", 2))));
            assertThat(Json.parse(next(lines)).get("ended").text("snapshot")).isEqualTo("s2");
        }
        Task after = controller.task(task.getId());
        assertThat(after.getHead()).isEqualTo("s2");
        assertThat(after.getTerminal()).isTrue();
        assertThat(controller
                        .get("/v1/tasks/" + task.getId() + "/operations")
                        .json()
                        .get("operations")
                        .items())
                .extracting(operation -> operation.text("kind"))
                .isEqualTo(List.of("step", "exec"));
    }

    @Test
    void a_step_number_is_never_given_twice() throws IOException {
        runner.events(assignment, 4, ScriptedRunner.succeeded());
        for (int step = 2; step <= 3; step++) {
            try (BufferedReader lines = exec("{\"argv\":[\"true\"]}")) {
                Command command = runner.expect(BodyCase.COMMAND).getCommand();
                assertThat(command.getRun().getStep()).isEqualTo(step);
                runner.answer(CommandResult.newBuilder()
                        .setCommand(command.getId())
                        .setExec(ExecResult.getDefaultInstance()));
                assertThat(next(lines)).contains("ended");
            }
        }
    }

    @Test
    void what_it_did_is_recorded_though_nobody_reads_any_more() throws IOException {
        runner.events(assignment, 4, ScriptedRunner.succeeded());
        Command command;
        try (BufferedReader lines = exec("{\"argv\":[\"touch\",\"x\"]}")) {
            command = runner.expect(BodyCase.COMMAND).getCommand();
            prints(command, "x");
            assertThat(next(lines)).isNotNull();
        }

        runner.answer(CommandResult.newBuilder()
                .setCommand(command.getId())
                .setExec(ExecResult.newBuilder().addEvents(ScriptedRunner.snapshot("exec", 2))));

        assertThat(controller
                        .await(task.getId(), now -> now.getHead().equals("s2"))
                        .getLastSnapshot())
                .isEqualTo("s2");
    }

    @Test
    void a_runner_that_goes_away_is_an_end_with_a_name() throws IOException {
        try (BufferedReader lines = exec("{\"argv\":[\"true\"]}")) {
            runner.expect(BodyCase.COMMAND);
            runner.close();

            Json failed = Json.parse(next(lines)).get("failed");
            assertThat(failed.text("code")).isEqualTo("E_UNREACHABLE");
            assertThat(next(lines)).isEmpty();
        }
    }

    @Test
    void a_controller_that_stops_ends_the_command_first_and_writes_down_that_its_end_is_not_known() throws IOException {
        try (BufferedReader lines = exec("{\"argv\":[\"sleep\",\"9\"]}");
                LogLines log = LogLines.listen()) {
            Command command = runner.expect(BodyCase.COMMAND).getCommand();
            assertThat(lines.readLine()).isEmpty();

            StartedController again = controller.restarted();
            controller = again;

            assertThat(outcome(command)).isEqualTo("lost");
            assertThat(log.atLeast("WARN")).isEmpty();
        }
    }

    private String outcome(Command command) {
        return controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select outcome from command where id = :id")
                        .bind("id", command.getId())
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void a_task_without_any_runner_says_where_its_workspace_is_and_what_needs_none() {
        runner.events(assignment, 4, ScriptedRunner.succeeded());
        runner.close();
        controller.awaitRunners(0);

        Json alone = refused();

        assertThat(alone.text("code")).isEqualTo("E_NO_RUNNER");
        assertThat(alone.text("title")).contains(task.getShortId()).contains("on runner r, which is not connected");
        assertThat(alone.text("detail")).contains("no runner connected");
        assertThat(alone.text("work")).contains("s1 is safe at the controller").contains("belay diff");
        assertThat(alone.text("next")).isEqualTo("belay up");
    }

    @Test
    void a_live_task_whose_runner_is_away_is_no_other_runners_yet() {
        runner.close();
        controller.awaitRunners(0);
        try (ScriptedRunner other = controller.runner("other", 1)) {
            Json elsewhere = refused();

            assertThat(elsewhere.text("code")).isEqualTo("E_NO_RUNNER");
            assertThat(elsewhere.text("detail"))
                    .contains("only when its lease ends")
                    .contains("only other");
            assertThat(elsewhere.text("next")).isEqualTo("start r again, or: belay diff " + task.getShortId());
            assertThat(other.hearsNothing(200)).isTrue();
        }
    }

    @Test
    void a_command_on_an_ended_task_whose_runner_is_away_goes_to_another_with_all_that_it_needs() throws IOException {
        runner.events(assignment, 4, ScriptedRunner.succeeded());
        runner.close();
        controller.awaitRunners(0);
        try (ScriptedRunner other = controller.runner("other", 1);
                BufferedReader lines = exec("{\"argv\":[\"true\"]}")) {
            Command command = other.expect(BodyCase.COMMAND).getCommand();

            assertThat(command.getRun().getHead().getId()).isEqualTo("s1");
            assertThat(command.getRun().getAssignment().getNewestCommit()).isEqualTo(ScriptedRunner.commit(1));
            other.answer(CommandResult.newBuilder()
                    .setCommand(command.getId())
                    .setExec(ExecResult.newBuilder()
                            .setEnded(ExecEnded.newBuilder().setExitCode(3))));
            assertThat(Json.parse(next(lines)).get("ended").number("exit_code")).isEqualTo(3);
        }
    }

    @Test
    void an_ended_task_whose_workspace_is_gone_gets_the_runners_own_words() throws IOException {
        runner.events(assignment, 4, ScriptedRunner.succeeded());
        try (BufferedReader lines = exec("{\"argv\":[\"true\"]}")) {
            Command command = runner.expect(BodyCase.COMMAND).getCommand();
            runner.answer(CommandResult.newBuilder()
                    .setCommand(command.getId())
                    .setFailed(Problem.newBuilder()
                            .setCode("E_NO_RUNNER")
                            .setTitle("the task's workspace is no longer on this runner")
                            .setDetail("the runner keeps it only where the task ran")
                            .setNext("belay diff " + task.getShortId())));

            Json failed = Json.parse(next(lines)).get("failed");
            assertThat(failed.text("code")).isEqualTo("E_NO_RUNNER");
            assertThat(failed.text("title")).isEqualTo("the task's workspace is no longer on this runner");
            assertThat(failed.text("next")).isEqualTo("belay diff " + task.getShortId());
        }
        assertThat(controller.task(task.getId()).getHead()).isEqualTo("s1");
    }

    @Test
    void a_task_without_a_workspace_says_so() {
        task = controller.submit();
        assertThat(refused().text("code")).isEqualTo("E_BUSY");

        controller.post("/v1/tasks/" + task.getId() + "/cancel", "{}");

        assertThat(refused().text("code")).isEqualTo("E_TASK_ENDED");
        assertThat(refused().text("title")).contains("ended before it had a workspace");
    }

    private Json refused() {
        return controller
                .post("/v1/tasks/" + task.getId() + "/exec", "{\"argv\":[\"true\"]}")
                .json();
    }

    @Test
    void what_is_no_command_is_refused() {
        for (String body : List.of(
                "{}",
                "{\"argv\":[]}",
                "{\"argv\":[\"\"]}",
                "{\"argv\":[\"a\\u0000b\"]}",
                "{\"argv\":[\"a\"],\"timeout_seconds\":-1}")) {
            assertThat(controller
                            .post("/v1/tasks/" + task.getId() + "/exec", body)
                            .code())
                    .as(body)
                    .isEqualTo("E_USAGE");
        }
    }

    @Test
    void a_reader_that_stays_behind_is_told_that_output_was_cut() throws IOException {
        LineStream stream = new LineStream(1);
        dev.belay.proto.v1.ExecOutput large = dev.belay.proto.v1.ExecOutput.newBuilder()
                .setStdout(ByteString.copyFrom(new byte[1 << 20]))
                .build();
        for (int i = 0; i < 5; i++) {
            stream.offer(large);
        }
        stream.end(dev.belay.proto.v1.ExecOutput.newBuilder()
                .setEnded(ExecEnded.getDefaultInstance())
                .build());

        List<String> lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))
                .lines()
                .toList();

        assertThat(lines).hasSize(3 + 1);
        assertThat(lines.getLast()).contains("E_OVERLOADED");
    }
}
