package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.belay.proto.json.Json;
import dev.belay.proto.script.Script;
import dev.belay.proto.script.ScriptParser;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is read of events, processes and /proc. */
class MeasuringTest {
    private static final Instant SUBMITTED = Instant.parse("2026-11-21T12:10:00Z");

    private static Json event(double afterMs, String kind) {
        return Json.parse("{\"at\":\"" + SUBMITTED.plusNanos((long) (afterMs * 1e6)) + "\",\"kind\":\"" + kind + "\"}");
    }

    private static Json becomes(double afterMs, String state) {
        return Json.parse("{\"at\":\"" + SUBMITTED.plusNanos((long) (afterMs * 1e6))
                + "\",\"kind\":\"task.state\",\"task_state\":{\"to\":\"" + state + "\"}}");
    }

    private static TaskTimes task() {
        return new TaskTimes(
                SUBMITTED,
                List.of(
                        becomes(1, "queued"),
                        becomes(4.5, "preparing"),
                        becomes(30, "running"),
                        event(31, "turn.start"),
                        event(32, "tool.call"),
                        event(33.25, "tool.result"),
                        event(36, "turn.start"),
                        event(37, "tool.call"),
                        event(39, "tool.result"),
                        event(43, "turn.start"),
                        becomes(44, "succeeded")));
    }

    @Test
    void times_of_a_task_are_read_from_its_events() throws IOException {
        TaskTimes task = task();

        assertThat(task.untilAssigned()).isEqualTo(4.5);
        assertThat(task.untilFirstResult()).isEqualTo(33.25);
        assertThat(task.calls()).containsExactly(1.25, 2.0);
        assertThat(task.turns()).containsExactly(5.0, 7.0);
    }

    @Test
    void a_task_that_was_never_assigned_or_did_nothing_has_no_times() {
        TaskTimes task = new TaskTimes(SUBMITTED, List.of(becomes(1, "queued"), becomes(2, "failed")));

        assertThatThrownBy(task::untilAssigned).hasMessageContaining("never given to a runner");
        assertThatThrownBy(task::untilFirstResult).hasMessageContaining("no result");
        assertThat(task.calls()).isEmpty();
        assertThat(task.turns()).isEmpty();
    }

    @Test
    void the_script_of_a_measured_task_is_one_that_belay_takes() {
        Script script = ScriptParser.parse("bench.json", Site.script(3, "/bin/true"));

        assertThat(script.turns()).hasSize(4);
        assertThat(script.turns().getFirst().calls().getFirst().input().text("command"))
                .isEqualTo("/bin/true");
        assertThat(script.turns().getLast().calls()).isEmpty();
    }

    @Test
    void a_stopwatch_counts_what_was_asked_for_and_not_the_warm_up() throws Exception {
        assertThat(Stopwatch.processes(5, Map.of(), List.of("/bin/true")).size())
                .isEqualTo(5);
        assertThat(Stopwatch.forks(7, "/bin/true").size()).isEqualTo(7);
        assertThat(Stopwatch.forks(5, "/bin/true").min()).isPositive();
    }

    @Test
    void a_command_that_fails_is_no_measurement() {
        assertThatThrownBy(() -> Stopwatch.processes(5, Map.of(), List.of("/bin/false")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/bin/false ended with exit code 1");
        assertThatThrownBy(() -> Stopwatch.forks(5, "/bin/no-such-command"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exit code 127");
    }

    @Test
    void a_footprint_holds_both_processes_what_is_below_them_and_their_supervisors() throws Exception {
        Process controller = new ProcessBuilder("sh", "-c", "sh -c 'sleep 1000 & echo up; wait' & wait").start();
        Process runner = new ProcessBuilder("sh", "-c", "sh -c 'echo up; exec sleep 1000' & wait").start();
        try {
            assertThat(controller.getInputStream().read()).isEqualTo('u');
            assertThat(runner.getInputStream().read()).isEqualTo('u');
            Footprint footprint = Footprint.of(Map.of("controller", controller.pid(), "runner", runner.pid()));

            assertThat(footprint.parts())
                    .containsOnlyKeys(
                            "controller", "database", "runner", "sandboxes with the runner's launcher", "supervisors");
            assertThat(footprint.parts().get("database")).isPositive();
            assertThat(footprint.parts().get("runner")).isPositive();
            assertThat(footprint.megabytes())
                    .isCloseTo(
                            footprint.parts().values().stream()
                                    .mapToDouble(Double::doubleValue)
                                    .sum(),
                            within(1e-9));
            assertThat(footprint.shared() + footprint.whole()).isEqualTo(5);
            assertThat(footprint.note()).startsWith("PSS of ").contains("controller ");
        } finally {
            controller.descendants().forEach(ProcessHandle::destroyForcibly);
            controller.destroyForcibly();
            runner.descendants().forEach(ProcessHandle::destroyForcibly);
            runner.destroyForcibly();
        }
    }

    @Test
    void memory_without_one_of_its_processes_is_not_told() {
        assertThatThrownBy(() -> Footprint.of(
                        Map.of("controller", ProcessHandle.current().pid())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("of the bench is not running");
    }

    @Test
    void rss_is_said_where_pss_may_not_be_read() {
        assertThat(new Footprint(Map.of("runner", 120.0), 3, 2).note())
                .isEqualTo("PSS of 3 processes and RSS of 2 whose PSS this user may not read: runner 120");
    }

    @Test
    void the_machine_is_named() {
        assertThat(Host.here().sentence())
                .contains("core")
                .contains("kernel " + System.getProperty("os.version"))
                .contains("JDK " + System.getProperty("java.version"));
    }
}
