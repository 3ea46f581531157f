package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitForTest {
    @TempDir
    Path folder;

    private FakeServer server;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        console = new Console(folder).server(server);
        server.task("succeeded", 23);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "running, running",
        "succeeded, terminal",
        "succeeded, succeeded",
        "succeeded, step=s4",
        "succeeded, step=4",
        "succeeded, snapshot=s0",
        "succeeded, event=policy.denied",
        "running, snapshot=s3",
        "running, terminal",
        "running, succeeded",
    })
    void what_is_so_or_becomes_so_ends_the_wait(String state, String wanted) {
        server.task(state, state.equals("running") ? 4 : 23);
        server.json("GET /v1/tasks/" + Samples.ID, Samples.task("succeeded", "0"));

        assertThat(console.run("wait", "t-7fq2", "--for", wanted).exit()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "succeeded, running, become running",
        "succeeded, failed, become failed",
        "succeeded, step=s5, finish step s5",
        "running, waiting, become waiting",
        "running, cancelled, become cancelled",
        "running, snapshot=s9, take snapshot s9",
        "running, event=warning, record a warning",
    })
    void what_can_not_come_true_any_more_is_an_error(String state, String wanted, String words) {
        server.task(state, state.equals("running") ? 4 : 23);
        server.json("GET /v1/tasks/" + Samples.ID, Samples.task("succeeded", "0"));

        Console.Outcome outcome = console.run("wait", "t-7fq2", "--for", wanted);

        assertThat(outcome.exit()).isEqualTo(7);
        assertThat(outcome.err())
                .startsWith("error[E_TASK_ENDED] t-7fq2 will not " + words + " any more")
                .contains("the task has ended: succeeded");
    }

    @Test
    void a_server_that_cannot_answer_at_the_first_look_is_waited_for() {
        AtomicInteger looks = new AtomicInteger();
        server.on(
                "GET /v1/tasks/t-7fq2",
                _ -> looks.incrementAndGet() < 4
                        ? FakeServer.reply(
                                503,
                                "application/problem+json",
                                "{\"code\":\"E_OVERLOADED\",\"title\":\"no database\"}")
                        : FakeServer.reply(200, "application/json", Samples.task("succeeded", "0")));

        assertThat(console.run("wait", "t-7fq2").exit()).isZero();
        assertThat(looks).hasValue(4);
    }

    /** Pauses take no time here, so this ends only if what was waited counts. */
    @Test
    void a_server_that_cannot_answer_at_the_first_look_is_waited_for_no_longer_than_was_said() {
        server.on(
                "GET /v1/tasks/t-7fq2",
                _ -> FakeServer.reply(
                        503, "application/problem+json", "{\"code\":\"E_OVERLOADED\",\"title\":\"no database\"}"));

        Console.Outcome outcome = console.run("wait", "--timeout", "2s", "t-7fq2");

        assertThat(outcome.exit()).isEqualTo(124);
        assertThat(outcome.err())
                .contains("error[E_TIMEOUT] the server could not say what t-7fq2 is in 2s", "belay attach t-7fq2");
        assertThat(console.run("wait", "t-7fq2").err()).contains("error[E_OVERLOADED]");
    }

    @Test
    void terminal_goes_on_where_a_person_is_needed_and_has_the_code_of_the_task() {
        server.json(
                "GET /v1/tasks/t-7fq2",
                Samples.task("waiting", "null").replace("\"waiting_for\":null", "\"waiting_for\":\"approval\""));
        server.json("GET /v1/tasks/" + Samples.ID, Samples.task("failed", "3"));

        assertThat(console.run("wait", "t-7fq2", "--for", "terminal").exit()).isEqualTo(3);
        assertThat(console.run("wait", "t-7fq2").exit()).isEqualTo(5);
        assertThat(console.run("wait", "t-7fq2", "--for", "waiting").exit()).isZero();
    }

    @Test
    void a_step_without_snapshot_will_never_have_one() {
        server.task("running", 0);
        server.on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                _ -> FakeServer.chunked(
                        "text/event-stream",
                        Samples.stream(
                                List.of(Samples.event(
                                        1,
                                        "snapshot.failed",
                                        1,
                                        1,
                                        "snapshot_failed",
                                        "{\"step\":1,\"reason\":\"the disk is full\"}")),
                                0),
                        64));

        Console.Outcome outcome = console.run("wait", "t-7fq2", "--for", "snapshot=s1");

        assertThat(outcome.exit()).isEqualTo(8);
        assertThat(outcome.err()).contains("step s1 has no snapshot", "the disk is full");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"runing", "step=", "step=0", "step=x", "snapshot=head", "event=", "speed=1", "=", "step=-1"})
    void a_wait_for_nothing_known_is_usage(String wanted) {
        Console.Outcome outcome = console.run("wait", "t-7fq2", "--for", wanted);

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("error[E_USAGE] --for ");
        assertThat(server.received()).isEmpty();
    }
}
