package dev.belay.controller.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.belay.controller.runners.Elsewhere;
import dev.belay.controller.testing.Eventually;
import dev.belay.controller.testing.LogLines;
import dev.belay.controller.testing.OnInstalledPostgres;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandOutput;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.ExecEnded;
import dev.belay.proto.v1.ExecResult;
import dev.belay.proto.v1.ModelProvider;
import dev.belay.proto.v1.ModelProviders;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two controllers on one database: a person is at the one, the runner is at the other. */
@OnInstalledPostgres
class SeveralControllersTest {
    /** No look comes within a test's patience: what arrives, arrives by a hint. */
    private static final Duration NEVER = Duration.ofSeconds(10);

    private static final Duration SOON = Duration.ofSeconds(5);

    private StartedController person;
    private StartedController other;

    @BeforeEach
    void start() {
        person = StartedController.start();
        other = person.another();
    }

    @AfterEach
    void stop() {
        other.close();
        person.close();
    }

    private <T> T one(String sql, Class<T> type) {
        return person.jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(type).one());
    }

    private static <T> CompletableFuture<T> later(Supplier<T> what) {
        return CompletableFuture.supplyAsync(what, task -> Thread.ofVirtual().start(task));
    }

    private static List<Long> ids(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("id: "))
                .map(line -> Long.parseLong(line.substring(4)))
                .toList();
    }

    @Test
    void a_task_runs_at_the_other_controller_and_is_followed_here_to_its_end_without_a_gap() {
        try (ScriptedRunner runner = other.runner("r", 1)) {
            Task task = person.submit();
            CompletableFuture<String> followed =
                    later(() -> person.get("/v1/tasks/" + task.getId() + "/events?follow=true")
                            .body());
            Assignment assignment = runner.begin();
            for (int turn = 1; turn <= 40; turn++) {
                runner.events(assignment, 2 + turn, ScriptedRunner.turn(turn));
            }
            runner.events(assignment, 43, ScriptedRunner.succeeded());

            List<Long> seen = ids(followed.join());

            long last = person.task(task.getId()).getLastSeq();
            assertThat(seen)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, last).boxed().toList());
            assertThat(last).isGreaterThan(43);
        }
    }

    @Test
    void a_hint_brings_work_and_events_at_once() {
        try (StartedController here = StartedController.with(timings -> timings.withPoll(NEVER));
                StartedController there = here.another();
                ScriptedRunner runner = there.runner("r", 1)) {
            there.awaitRunners(1);
            long begun = System.nanoTime();
            Task task = here.submit();
            CompletableFuture<String> followed =
                    later(() -> here.get("/v1/tasks/" + task.getId() + "/events?follow=true")
                            .body());
            Assignment assignment = runner.begin();
            Eventually.get(
                    "the follower",
                    SOON,
                    () -> here.bean(dev.belay.controller.events.Feed.class).watching(),
                    n -> n == 1);
            runner.events(assignment, 3, ScriptedRunner.turn(1), ScriptedRunner.succeeded());

            assertThat(ids(followed.join())).isNotEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        }
    }

    @Test
    void without_any_hint_a_look_finds_the_same() {
        for (StartedController deaf : List.of(person, other)) {
            deaf.bean(HintListener.class).stop();
        }
        try (ScriptedRunner runner = other.runner("r", 1)) {
            Task task = person.submit();
            CompletableFuture<String> followed =
                    later(() -> person.get("/v1/tasks/" + task.getId() + "/events?follow=true")
                            .body());
            Assignment assignment = runner.begin();
            CompletableFuture<Operation> moved = later(() -> rollback(task));
            answerMove(runner);
            assertThat(moved.join().getTo()).isEqualTo("s0");
            runner.events(assignment, 3, ScriptedRunner.succeeded());

            assertThat(ids(followed.join())).isNotEmpty();
        }
    }

    @Test
    void a_connection_for_hints_that_is_cut_is_opened_again() {
        try (LogLines log = LogLines.listen();
                ScriptedRunner runner = other.runner("r", 1)) {
            Eventually.get("hearing", SOON, () -> hearing(other), now -> now);

            other.bean(HintListener.class).cut();

            Eventually.get(
                    "the log",
                    SOON,
                    () -> log.atLeast("INFO"),
                    lines -> lines.stream().anyMatch(line -> line.contains("heard again")));
            assertThat(log.atLeast("WARN"))
                    .filteredOn(line -> line.contains("each second until it is back"))
                    .hasSize(1);
            assertThat(person.submit().getId()).isEqualTo(runner.assignment().getTask());
        }
    }

    private static boolean hearing(StartedController controller) {
        return controller
                        .jdbi()
                        .withHandle(handle -> handle.createQuery(
                                        "select count(*) from pg_stat_activity where datname = current_database()"
                                                + " and query in ('listen belay', 'select 1')")
                                .mapTo(Integer.class)
                                .one())
                >= 2;
    }

    @Test
    void who_does_not_hear_even_itself_says_so_once() throws Exception {
        // Nobody sends for it, as where a pooler hands the connection to somebody else.
        Presence presence = person.bean(Presence.class);
        HintListener deaf = new HintListener(new Hints(database()), database(), presence);
        try (LogLines log = LogLines.listen()) {
            Thread hears = Thread.ofVirtual().start(() -> deaf.run(Duration.ofMillis(100)));

            Eventually.get(
                    "the log",
                    SOON,
                    () -> log.atLeast("WARN"),
                    lines -> lines.stream().anyMatch(line -> line.contains("NOTIFY does not arrive here")));
            deaf.stop();
            hears.join();
            assertThat(log.atLeast("WARN"))
                    .filteredOn(line -> line.contains("NOTIFY"))
                    .hasSize(1);
        }
    }

    private dev.belay.controller.database.Database database() {
        return person.bean(dev.belay.controller.database.Database.class);
    }

    @Test
    void a_task_is_cancelled_where_it_runs() {
        try (ScriptedRunner runner = other.runner("r", 1)) {
            Task task = person.submit();
            Assignment assignment = runner.begin();

            person.post("/v1/tasks/" + task.getId() + "/cancel", "{\"reason\":\"enough\"}");

            Command asked = runner.expect(ControllerMessage.BodyCase.COMMAND).getCommand();
            assertThat(asked.getCancel().getReason()).contains("enough");
            runner.events(assignment, 3, ScriptedRunner.state(TaskState.TASK_STATE_CANCELLED, "cancelled", "enough"));
            person.await(task.getId(), Task::getTerminal);
            assertThat(runner.hearsNothing(400)).as("it is asked once").isTrue();
        }
    }

    @Test
    void a_rollback_is_done_where_the_task_runs_and_answered_here() {
        try (ScriptedRunner runner = other.runner("r", 1)) {
            Task task = person.submit();
            runner.begin();
            CompletableFuture<Operation> moved = later(() -> rollback(task));

            answerMove(runner);

            assertThat(moved.join().getTo()).isEqualTo("s0");
            assertThat(runner.hearsNothing(400)).as("it is asked once").isTrue();
            assertThat(one(
                            "select outcome from command where task = '" + task.getId() + "' and answer is null",
                            String.class))
                    .isEqualTo("done");
        }
    }

    private Operation rollback(Task task) {
        return person.post("/v1/tasks/" + task.getId() + "/rollback", "{\"to\":\"s0\"}")
                .as(Operation.newBuilder())
                .build();
    }

    private static void answerMove(ScriptedRunner runner) {
        Command asked = runner.expect(ControllerMessage.BodyCase.COMMAND).getCommand();
        runner.answer(CommandResult.newBuilder()
                .setCommand(asked.getId())
                .setOperation(
                        Operation.newBuilder().setId("o1").setKind("rollback").setTo("s0")));
    }

    @Test
    void a_command_prints_here_what_it_prints_there_in_order_and_its_end_last() {
        try (ScriptedRunner runner = other.runner("r", 1)) {
            Task task = person.submit();
            runner.begin();
            CompletableFuture<String> printed =
                    later(() -> person.post("/v1/tasks/" + task.getId() + "/exec", "{\"argv\":[\"seq\",\"200\"]}")
                            .body());
            Command asked = runner.expect(ControllerMessage.BodyCase.COMMAND).getCommand();
            for (int line = 1; line <= 200; line++) {
                runner.send(RunnerMessage.newBuilder()
                        .setCommandOutput(CommandOutput.newBuilder()
                                .setCommand(asked.getId())
                                .setStdout(ByteString.copyFromUtf8(line + "\n")))
                        .build());
            }
            runner.answer(CommandResult.newBuilder()
                    .setCommand(asked.getId())
                    .setExec(ExecResult.newBuilder()
                            .setEnded(ExecEnded.newBuilder().setExitCode(7))));

            List<Json> lines = printed.join()
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(Json::parse)
                    .toList();

            assertThat(lines).hasSize(201);
            assertThat(lines.getLast().get("ended").number("exit_code")).isEqualTo(7);
            StringBuilder text = new StringBuilder();
            lines.subList(0, 200)
                    .forEach(line -> text.append(new String(
                            java.util.Base64.getDecoder().decode(line.text("stdout")),
                            java.nio.charset.StandardCharsets.UTF_8)));
            assertThat(text.toString().lines())
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, 200)
                            .mapToObj(Long::toString)
                            .toList());
            assertThat(one("select count(*) from command_output", Integer.class))
                    .isZero();
        }
    }

    @Test
    void one_thing_at_a_time_for_a_task_holds_across_controllers() {
        try (ScriptedRunner runner = other.runner("r", 1)) {
            Task task = person.submit();
            runner.begin();
            CompletableFuture<Operation> moved = later(() -> rollback(task));
            Command asked = runner.expect(ControllerMessage.BodyCase.COMMAND).getCommand();

            assertThat(other.post("/v1/tasks/" + task.getId() + "/rollback", "{\"to\":\"s0\"}")
                            .code())
                    .isEqualTo("E_BUSY");

            runner.answer(CommandResult.newBuilder()
                    .setCommand(asked.getId())
                    .setOperation(Operation.newBuilder().setTo("s0")));
            assertThat(moved.join().getTo()).isEqualTo("s0");
        }
    }

    @Test
    void a_runner_whose_controller_ends_goes_on_at_the_other_with_its_epoch_and_its_question() {
        Task task = person.submit();
        Assignment assignment;
        CompletableFuture<Operation> moved;
        Command asked;
        try (ScriptedRunner runner = other.runner("r", 1)) {
            assignment = runner.begin();
            moved = later(() -> rollback(task));
            asked = runner.expect(ControllerMessage.BodyCase.COMMAND).getCommand();
            other.stop();
        }
        try (ScriptedRunner runner = ScriptedRunner.dial(person.grpcPort(), person.runnerToken(), "r")) {
            assertThat(runner.hello("r", "boot-1", 1, ScriptedRunner.runs(assignment))
                            .getKillList())
                    .isEmpty();
            Command again = runner.expect(ControllerMessage.BodyCase.COMMAND).getCommand();
            assertThat(again.getId()).isEqualTo(asked.getId());
            runner.answer(CommandResult.newBuilder()
                    .setCommand(again.getId())
                    .setOperation(Operation.newBuilder().setTo("s0")));

            assertThat(moved.join().getTo()).isEqualTo("s0");
            assertThat(runner.events(assignment, 3, ScriptedRunner.succeeded()).getStale())
                    .isFalse();
        }
    }

    @Test
    void a_question_of_a_controller_that_is_restarted_is_lost_and_holds_up_nobody() throws Exception {
        try (ScriptedRunner runner = other.runner("r", 1)) {
            Task task = person.submit();
            runner.begin();
            CompletableFuture<StartedController.Answer> moved =
                    later(() -> person.post("/v1/tasks/" + task.getId() + "/rollback", "{\"to\":\"s0\"}"));
            runner.expect(ControllerMessage.BodyCase.COMMAND);
            person = person.restarted();
            assertThat(moved).isNotNull();

            CompletableFuture<Operation> again = later(() -> rollback(task));
            answerMove(runner);

            assertThat(again.join().getTo()).isEqualTo("s0");
        }
    }

    @Test
    void a_runner_that_has_just_come_is_found_by_the_other_controller() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        Thread looks = Thread.ofPlatform().start(() -> {
            while (!enough.get()) {
                other.bean(Elsewhere.class).refresh();
            }
        });
        for (int n = 1; n <= 40; n++) {
            try (ScriptedRunner runner = other.runner("r" + n, 1)) {
                for (int again = 1; again <= 20; again++) {
                    assertThat(one("select controller <> '' from runner where id = 'r" + n + "'", Boolean.class))
                            .as("runner %d, look %d", n, again)
                            .isTrue();
                }
            }
        }
        enough.set(true);
        looks.join();

        Eventually.get(
                "those who went",
                SOON,
                () -> one("select count(*) from runner where controller <> ''", Integer.class),
                here -> here == 0);
    }

    @Test
    void the_status_and_the_admission_know_the_runners_of_both() {
        try (ScriptedRunner weak = person.weakerRunner("weak", 1, "rootfs: shared");
                ScriptedRunner strong = other.runner("strong", 1)) {
            Eventually.get(
                    "the status",
                    SOON,
                    () -> person.get("/v1/status").json().get("runners").items().stream()
                            .filter(runner -> runner.flag("connected"))
                            .count(),
                    connected -> connected == 2);

            Task task = person.submit();

            assertThat(strong.assignment().getTask()).isEqualTo(task.getId());
            assertThat(weak.hearsNothing(200)).isTrue();
        }
    }

    @Test
    void whose_models_the_runners_of_the_other_can_ask_is_known_here_and_stays_so_with_each_renewal() {
        try (ScriptedRunner idle = person.runner("idle", 5);
                ScriptedRunner runner =
                        other.askingRunner("asking", 1, ScriptedRunner.lacking("acme", "ACME_API_KEY is not set"))) {
            other.awaitRunners(1);
            awaitModels(List.of(ScriptedRunner.lacking("acme", "ACME_API_KEY is not set")));
            StartedController.Answer refused = person.trySubmit(person.submission("acme/m-1"));
            assertThat(refused.code()).isEqualTo("E_NO_KEY");
            assertThat(refused.json().text("detail")).endsWith(" asking: ACME_API_KEY is not set");

            runner.renew(List.of(ScriptedRunner.usable("acme")));
            awaitModels(List.of(ScriptedRunner.usable("acme")));
            runner.renew();
            Task task = person.submit(person.submission("acme/m-1"));

            assertThat(runner.assignment().getTask()).isEqualTo(task.getId());
            assertThat(idle.hearsNothing(200)).isTrue();
        }
    }

    private void awaitModels(List<ModelProvider> wanted) {
        Eventually.get(
                "the models",
                SOON,
                () -> person.get("/v1/models").as(ModelProviders.newBuilder()).getProvidersList(),
                wanted::equals);
    }

    @Test
    void a_controller_with_packs_of_its_own_is_refused() {
        assertThatThrownBy(() -> StartedController.onDatabase(person.databaseUrl()))
                .isInstanceOfSatisfying(BelayException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.E_SETUP);
                    assertThat(error.next()).contains("BELAY_PACKS");
                });
    }

    @Test
    void a_state_directory_has_one_controller() {
        assertThatThrownBy(() -> person.twin())
                .isInstanceOfSatisfying(
                        BelayException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.E_BUSY));
    }

    @Test
    void many_tasks_are_given_once_by_two_that_claim_together() {
        try (ScriptedRunner one = person.runner("one", 30);
                ScriptedRunner two = other.runner("two", 30)) {
            List<Task> tasks = java.util.stream.IntStream.range(0, 30)
                    .mapToObj(i -> (i % 2 == 0 ? person : other).submit(person.submission()))
                    .toList();
            tasks.forEach(task -> person.await(task.getId(), now -> now.getState() != TaskState.TASK_STATE_QUEUED));

            assertThat(one("select max(epoch) from task", Integer.class)).isEqualTo(1);
            assertThat(one("select count(*) from attempt", Integer.class)).isEqualTo(30);
        }
    }
}
