package dev.belay.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.controller.events.Feed;
import dev.belay.controller.testing.Eventually;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.controller.testing.StartedController.Answer;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.Renew;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.Task;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is beyond a bound is refused by name, and what was taken before stays as it is. */
class BoundsTest {
    private static StartedController with(String... settings) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        return StartedController.with(timings -> timings, environment);
    }

    private static void refused(Answer answer, int status, String code, String... said) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        Json problem = answer.json();
        assertThat(problem.text("code")).isEqualTo(code);
        for (String part : said) {
            assertThat(problem.text("title") + " | " + problem.text("detail")).contains(part);
        }
        assertThat(problem.text("work")).isNotEmpty();
        assertThat(problem.text("next")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "BELAY_MAX_LOG, 512M, 536870912",
        "BELAY_MAX_LOG, 64 KiB, 65536",
        "BELAY_MAX_LOG, 1g, 1073741824",
        "BELAY_MAX_LOG, 70000, 70000",
    })
    void an_amount_is_a_number_that_may_have_a_unit(String name, String given, long bytes) {
        assertThat(Bounds.from(Map.of(name, given)).logBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "BELAY_MAX_LOG, lots",
        "BELAY_MAX_LOG, 1K",
        "BELAY_MAX_QUEUED, 0",
        "BELAY_MAX_QUEUED, -3",
        "BELAY_MAX_PROMPT, 1M",
        "BELAY_MAX_WATCHERS, 999999999999T",
        "BELAY_DISK_FLOOR, 1.5G",
    })
    void what_is_no_amount_is_named_before_anything_begins(String name, String given) {
        assertThatThrownBy(() -> Bounds.from(Map.of(name, given)))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_USAGE);
                    assertThat(refused.what()).contains(name, given);
                });
    }

    @Test
    void a_person_may_queue_so_many_tasks_and_more_when_one_of_them_is_gone() {
        try (StartedController controller = with("BELAY_MAX_QUEUED", "3")) {
            SubmitTask.Builder third = controller.submission();
            Task first = controller.submit();
            controller.submit();
            Task known = controller.submit(third);

            refused(
                    controller.trySubmit(controller.submission()),
                    429,
                    "E_QUEUE_FULL",
                    "ada has 3 tasks in the queue",
                    "BELAY_MAX_QUEUED");
            assertThat(controller.submit(third).getId())
                    .as("what was taken before is answered again")
                    .isEqualTo(known.getId());
            controller.post("/v1/tasks/" + first.getId() + "/cancel", "{}");

            controller.submit();
            refused(controller.trySubmit(controller.submission()), 429, "E_QUEUE_FULL");
        }
    }

    @Test
    void a_tenant_may_queue_so_many_tasks_whoever_they_are_of() {
        try (StartedController controller = with("BELAY_MAX_QUEUED_TENANT", "2")) {
            controller.submit();
            controller.submit();
            controller.jdbi().useHandle(handle -> {
                handle.execute("insert into actor (tenant, actor) values ('local', 'bob')");
                handle.execute("update task set actor = 'bob'");
            });

            refused(
                    controller.trySubmit(controller.submission()),
                    429,
                    "E_QUEUE_FULL",
                    "there are 2 tasks in the queue of local");
        }
    }

    @Test
    void a_prompt_and_a_script_have_a_length() {
        try (StartedController controller = with("BELAY_MAX_PROMPT", "100", "BELAY_MAX_SCRIPT", "2K")) {
            refused(
                    controller.trySubmit(controller.submission().setPrompt("é".repeat(51))),
                    413,
                    "E_TOO_LARGE",
                    "the prompt is larger than 100 bytes",
                    "it has 102 bytes",
                    "BELAY_MAX_PROMPT");
            refused(
                    controller.trySubmit(controller.submission().setScript("x".repeat(2049))),
                    413,
                    "E_TOO_LARGE",
                    "the script is larger than 2 KiB",
                    "BELAY_MAX_SCRIPT");
            controller.submit(controller.submission().setPrompt("é".repeat(50)).setScript("x".repeat(2048)));
        }
    }

    @Test
    void a_task_has_so_many_watchers_and_a_person_so_many_streams() throws IOException {
        try (StartedController controller = with("BELAY_MAX_WATCHERS", "2", "BELAY_MAX_WATCHERS_ACTOR", "3")) {
            String one = follow(controller.submit());
            String other = follow(controller.submit());
            InputStream first = controller.stream(controller.request(one));
            try (InputStream second = controller.stream(controller.request(one))) {
                refused(controller.get(one), 429, "E_TOO_MANY_WATCHERS", "followed by 2 already", "BELAY_MAX_WATCHERS");
                try (InputStream third = controller.stream(controller.request(other))) {
                    refused(
                            controller.get(other),
                            429,
                            "E_TOO_MANY_WATCHERS",
                            "ada follows 3 tasks already",
                            "BELAY_MAX_WATCHERS_ACTOR");

                    first.close();
                    Eventually.get(
                            "a seat",
                            Duration.ofSeconds(10),
                            () -> controller.bean(Feed.class).watching(),
                            taken -> taken == 2);
                    try (InputStream again = controller.stream(controller.request(one))) {
                        assertThat(again.read()).isEqualTo('i');
                    }
                    assertThat(third.read()).isEqualTo('i');
                }
                assertThat(second.read()).isEqualTo('i');
            }
        }
    }

    private static String follow(Task task) {
        return "/v1/tasks/" + task.getId() + "/events?follow=true";
    }

    @Test
    void a_task_that_says_too_much_is_ended_with_its_files_kept_and_its_neighbour_goes_on() {
        try (StartedController controller = with("BELAY_MAX_LOG", "64K");
                ScriptedRunner runner = controller.runner("r", 4)) {
            Task loud = controller.submit();
            Assignment shouts = runner.begin();
            Task quiet = controller.submit();
            Assignment whispers = runner.begin();
            runner.events(
                    shouts,
                    3,
                    ScriptedRunner.call(1, 1),
                    ScriptedRunner.result(1, 1),
                    ScriptedRunner.snapshot("step", 1),
                    ScriptedRunner.call(1, 2));
            Event large = Event.newBuilder()
                    .setModelMessage(ModelMessage.newBuilder().setText("x".repeat(40_000)))
                    .build();
            assertThat(runner.events(shouts, 7, large).getStale()).isFalse();

            EventAck told = runner.events(shouts, 8, large);

            assertThat(told.getStale()).isTrue();
            assertThat(told.getDurableRunnerSeq()).isEqualTo(8);
            Task ended = controller.task(loud.getId());
            assertThat(ended.getState().name()).isEqualTo("TASK_STATE_FAILED");
            assertThat(ended.getStopReason()).isEqualTo("limit_log");
            assertThat(ended.getStopDetail()).contains("BELAY_MAX_LOG", "Everything up to s1 is safe");
            assertThat(ended.getExitCode()).isEqualTo(3);
            assertThat(ended.getHead()).isEqualTo("s1");
            assertThat(controller.get("/v1/tasks/" + loud.getId() + "/events").body())
                    .as("the call that was at work has an end")
                    .contains("\"interrupted\":\"limit log\"");
            runner.events(whispers, 3, ScriptedRunner.succeeded());
            assertThat(controller.task(quiet.getId()).getTerminal()).isTrue();
        }
    }

    /** The floor that makes this machine's disk as full as wanted: its free space divided by that floor. */
    private static String floor(double share) throws IOException {
        long free = Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir")))
                .getUsableSpace();
        return Long.toString((long) (free / share));
    }

    @Test
    void on_a_disk_below_its_floor_nothing_new_is_taken_and_what_runs_ends() throws IOException {
        try (StartedController controller = with("BELAY_DISK_FLOOR", floor(0.75));
                ScriptedRunner runner = controller.runner("r", 4)) {
            refused(
                    controller.trySubmit(controller.submission()),
                    507,
                    "E_DISK_FULL",
                    "the task is not taken: the controller's disk is full",
                    "no new task is taken, what runs goes on");
            refused(
                    controller.post("/v1/projects/" + controller.project() + "/packs", new byte[] {1}),
                    507,
                    "E_DISK_FULL",
                    "the project's files are not taken");
            Json disk = controller.get("/v1/status").json().get("disk");
            assertThat(disk.text("state")).isEqualTo("low");
            assertThat(disk.text("detail")).contains("no new task is taken");
            Answer ready = controller.get("/health/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.json().text("new_work")).isEqualTo("refused");
            assertThat(runner.renew().getHeldList()).isEmpty();
        }
    }

    @Test
    void on_a_full_disk_nothing_is_written_and_what_runs_keeps_its_lease_until_there_is_space() throws IOException {
        try (StartedController controller = with();
                StartedController full = controller.another(Map.of("BELAY_DISK_FLOOR", floor(0.1)))) {
            Task task = controller.submit();
            Assignment assignment;
            try (ScriptedRunner runner = controller.runner("r", 4)) {
                assignment = runner.begin();
            }
            assertThat(full.get("/health/ready").status()).isEqualTo(503);
            assertThat(full.get("/v1/status").json().get("disk").text("state")).isEqualTo("full");
            try (ScriptedRunner runner = ScriptedRunner.dial(full.grpcPort(), full.runnerToken(), "r")) {
                runner.hello("r", "boot-1", 4, ScriptedRunner.runs(assignment));
                runner.send(ScriptedRunner.batch(assignment, 3, ScriptedRunner.turn(1)));

                assertThat(runner.renew(ScriptedRunner.runs(assignment)).getHeldList())
                        .as("the answer to the renewal, and none to the batch before it")
                        .hasSize(1);
                assertThat(controller.task(task.getId()).getTurns()).isZero();
            }
            try (ScriptedRunner runner = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
                runner.hello("r", "boot-1", 4, ScriptedRunner.runs(assignment));
                assertThat(runner.events(assignment, 3, ScriptedRunner.turn(1)).getDurableRunnerSeq())
                        .isEqualTo(3);
            }
            assertThat(controller.task(task.getId()).getTurns()).isEqualTo(1);
        }
    }

    @Test
    void a_runner_that_takes_nothing_is_given_nothing_and_show_says_why() {
        try (StartedController controller = with();
                ScriptedRunner runner = controller.runner("r", 4)) {
            say(runner, "its disk has 3 MiB free,\u0007 less than 512 MiB");
            assertThat(controller.get("/v1/status").body()).contains("its disk has 3 MiB free");
            Task task = controller.submit();

            assertThat(runner.hearsNothing(500)).isTrue();
            Task waits = controller.task(task.getId());
            assertThat(waits.getStopReason()).isEqualTo("runner_full");
            assertThat(waits.getStopDetail())
                    .contains("r takes no task now: its disk has 3 MiB free,? less than 512 MiB");

            say(runner, "");
            assertThat(runner.begin().getTask()).isEqualTo(task.getId());
        }
    }

    private static void say(ScriptedRunner runner, String takesNone) {
        runner.send(RunnerMessage.newBuilder()
                .setRenew(Renew.newBuilder().setNonce(77).setTakesNone(takesNone))
                .build());
        runner.expect(ControllerMessage.BodyCase.RENEW_RESULT);
    }
}
