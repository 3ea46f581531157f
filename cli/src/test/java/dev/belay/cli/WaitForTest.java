package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
