package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Work that outlives the processes it was begun in; each test has a system of its own, and every death is a real one. */
class SurvivalIT {
    @Test
    void a_task_goes_on_after_its_runner_was_killed_in_the_middle_of_a_call() throws Exception {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String length = sleep(1);
            String task = belay.handOver(
                    shop,
                    new Script()
                            .write("first", "1\n")
                            .bash("echo half >>first; echo x >made; sleep " + length)
                            .write("last", "3\n"));
            try (Running watch = belay.start("attach", "--json", task)) {
                watch.untilItSays("sleep " + length);

                LocalSystem.of(belay).kill("runner");

                Result seen = watch.end().well();
                List<Json> events = seen.lines();
                TaskLog.of(events).isWhole();
                assertThat(TaskLog.of(events).results()).containsExactly("s1", "s2 interrupted", "s3");
            }
            assertThat(Leftovers.naming("sleep\0" + length)).isEmpty();
            Json shown = belay.run("show", "--json", task).well().json();
            assertThat(shown.text("state")).isEqualTo("succeeded");
            assertThat(shown.number("epoch")).isEqualTo(2);
            assertThat(belay.run("exec", task, "--", "sh", "-c", "cat first last; ls")
                            .well()
                            .out())
                    .as("nothing of the interrupted call is in the files")
                    .startsWith("1\n3\n")
                    .doesNotContain("half", "made");
        }
    }

    @Test
    void a_task_whose_sandbox_is_killed_goes_on_in_another_and_keeps_what_the_call_had_done() throws Exception {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String length = sleep(5);
            String task = belay.handOver(
                    shop,
                    new Script()
                            .write("first", "1\n")
                            .bash("echo half >>first; sleep " + length)
                            .write("last", "3\n"));
            try (Running watch = belay.start("attach", "--json", task)) {
                watch.untilItSays("sleep " + length);

                killSandboxes(LocalSystem.of(belay).pid("runner"));

                List<Json> events = watch.end().well().lines();
                TaskLog.of(events).isWhole();
                assertThat(TaskLog.of(events).results()).containsExactly("s1", "s2 interrupted", "s3");
            }
            assertThat(Leftovers.naming("sleep\0" + length)).isEmpty();
            assertThat(belay.run("exec", task, "--", "cat", "first", "last")
                            .well()
                            .out())
                    .isEqualTo("1\nhalf\n3\n");
        }
    }

    private static void killSandboxes(long runner) {
        List<ProcessHandle> hands = ProcessHandle.of(runner)
                .orElseThrow()
                .descendants()
                .filter(process -> Leftovers.commandLine(process.pid()).startsWith("/usr/bin/perl /run/belay/hand.pl"))
                .toList();
        assertThat(hands).isNotEmpty();
        hands.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void a_task_waits_while_nothing_runs_and_goes_on_with_all_it_had_done_at_the_next_start() {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String length = sleep(2);
            String task = belay.handOver(
                    shop, new Script().bash("echo half >half; sleep " + length).write("last", "3\n"));
            try (Running watch = belay.start("attach", "--json", task)) {
                watch.untilItSays("sleep " + length);
                belay.run("down").well();
                watch.end();
            }

            belay.run("up").well();

            belay.run("wait", "--timeout", "60s", task).well();
            assertThat(belay.run("exec", task, "--", "cat", "half", "last")
                            .well()
                            .out())
                    .as("an end in good order keeps what the interrupted call had done")
                    .isEqualTo("half\n3\n");
            assertThat(belay.run("attach", "--json", task).well().lines().stream()
                            .filter(event -> event.text("kind").equals("tool.result"))
                            .map(event -> event.get("tool_result").text("interrupted")))
                    .containsExactly("runner_stopped", "");
        }
    }

    @Test
    void a_call_stands_still_while_the_controller_is_away_for_longer_than_its_lease_and_ends_as_if_nothing_had_been()
            throws Exception {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            LocalSystem system = LocalSystem.of(belay);
            String task = belay.handOver(
                    shop,
                    new Script()
                            .bash(
                                    "echo begun; for i in $(seq 1 400); do sleep 0.1; echo $i >>ticks; done; wc -l <ticks"));
            LocalSystem.until(
                    "the call has begun",
                    () -> belay.run("logs", "--json", task).out().contains("tool.call"));

            system.awayFor("controller", Duration.ofSeconds(33));

            belay.run("wait", "--timeout", "100s", task).well();
            List<Json> events = belay.run("attach", "--json", task).well().lines();
            TaskLog.of(events).isWhole();
            assertThat(TaskLog.of(events).results()).containsExactly("s1");
            assertThat(events)
                    .filteredOn(event -> event.text("kind").equals("tool.result"))
                    .singleElement()
                    .satisfies(result -> assertThat(result.get("tool_result").text("output"))
                            .as("%s", events)
                            .isEqualTo("exit code: 0\nbegun\n400\n"));
            assertThat(events.stream()
                            .filter(event -> event.text("kind").equals("warning"))
                            .map(event -> event.get("warning").text("code")))
                    .contains("W_STOOD_STILL");
            Json shown = belay.run("show", "--json", task).well().json();
            assertThat(shown.number("epoch")).isEqualTo(1);
            assertThat(shown.text("state")).isEqualTo("succeeded");
            assertThat(belay.run("exec", task, "--", "sh", "-c", "wc -l <ticks")
                            .well()
                            .out()
                            .strip())
                    .isEqualTo("400");
        }
    }

    @Test
    void a_task_moves_to_another_runner_when_its_own_stands_still_and_is_done_once() {
        try (Belay belay = Belay.fresh().with("BELAY_SLOTS", "1")) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String length = sleep(3);
            // The local runner's only place is taken, so that the task begins on the other.
            String busy = belay.handOver(shop, Script.of("sleep " + length + "1"));
            LocalSystem.until(
                    "the local runner is full",
                    () -> belay.run("ps").well().out().contains("running"));
            try (AnotherRunner other = AnotherRunner.start(belay, "other", 8)) {
                String task = belay.handOver(
                        shop,
                        new Script()
                                .write("first", "1\n")
                                .bash("echo $((1 + $(cat count 2>/dev/null || echo 0))) >count; sleep " + length)
                                .bash("echo again >>twice")
                                .write("last", "3\n"));
                try (Running watch = belay.start("attach", "--json", task)) {
                    watch.untilItSays("sleep " + length + "\"");
                    assertThat(belay.run("show", "--json", task).well().json().text("runner"))
                            .isEqualTo("other");
                    long stopped = System.nanoTime();
                    other.signalAll("STOP");
                    belay.run("cancel", busy).well();

                    List<Json> events = watch.end().well().lines();

                    assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(60));
                    TaskLog.of(events).isWhole();
                    assertThat(TaskLog.of(events).results()).containsExactly("s1", "s2 interrupted", "s3", "s4");
                }
                other.signalAll("CONT");
                assertThat(belay.run("exec", task, "--", "sh", "-c", "cat first last twice; ls count 2>&1")
                                .ended(2)
                                .out())
                        .startsWith("1\n3\nagain\n");
                assertThat(belay.run("show", "--json", task).well().json().text("runner"))
                        .isEqualTo("local-1");
                LocalSystem.until(
                        "the runner that stood still has ended the sandbox",
                        () -> Leftovers.naming("sleep\0" + length + "\0").isEmpty());
            }
        }
    }

    @Test
    void the_files_of_an_ended_task_are_built_again_where_they_are_gone() throws Exception {
        Belay belay = Belay.started();
        Repository shop = belay.repository("gone");
        String task = belay.task(
                shop,
                new Script()
                        .write("a", "1\n")
                        .bash("mkdir b; echo 2 >b/c; chmod 700 b")
                        .write("d", "3\n"));
        belay.run("rollback", task + "@s2").well();
        try (Stream<Path> tasks =
                Files.find(belay.state(), 8, (path, _) -> path.endsWith("tasks/" + task) && Files.isDirectory(path))) {
            Sh.run("rm", "-rf", tasks.findFirst().orElseThrow().toString());
        }

        assertThat(belay.run("exec", task, "--", "sh", "-c", "cat a b/c; stat -c %a b; ls d 2>/dev/null; true")
                        .well()
                        .out())
                .isEqualTo("1\n2\n700\n");
    }

    private static String sleep(int test) {
        return "86" + test + ProcessHandle.current().pid();
    }
}
