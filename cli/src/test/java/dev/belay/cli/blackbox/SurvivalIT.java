package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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

                kill(belay, "runner");
                belay.at(shop).run("up").well();

                Result seen = watch.end().well();
                List<Json> events = seen.lines();
                assertContiguous(events);
                assertThat(results(events)).containsExactly("s1", "s2 interrupted", "s3");
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
    void a_task_moves_to_another_runner_when_its_own_stands_still_and_is_done_once() {
        try (Belay belay = Belay.fresh().with("BELAY_SLOTS", "1")) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String length = sleep(3);
            // The local runner's only place is taken, so that the task begins on the other.
            String busy = belay.handOver(shop, Script.of("sleep " + length + "1"));
            Waiting.until(
                    "the local runner is full",
                    Duration.ofSeconds(30),
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
                    assertContiguous(events);
                    assertThat(results(events)).containsExactly("s1", "s2 interrupted", "s3", "s4");
                }
                other.signalAll("CONT");
                assertThat(belay.run("exec", task, "--", "sh", "-c", "cat first last twice; ls count 2>&1")
                                .ended(2)
                                .out())
                        .startsWith("1\n3\nagain\n");
                assertThat(belay.run("show", "--json", task).well().json().text("runner"))
                        .isEqualTo("local-1");
                Waiting.until(
                        "the runner that stood still has ended the sandbox",
                        Duration.ofSeconds(30),
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

    private static void assertContiguous(List<Json> events) {
        assertThat(events.stream().map(event -> event.number("seq")))
                .as("every event once, none missing")
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
    }

    private static List<String> results(List<Json> events) {
        return events.stream()
                .filter(event -> event.text("kind").equals("tool.result"))
                .map(event -> "s" + event.number("step")
                        + (event.get("tool_result").text("interrupted").isEmpty() ? "" : " interrupted"))
                .toList();
    }

    private static String sleep(int test) {
        return "86" + test + ProcessHandle.current().pid();
    }

    private static void kill(Belay belay, String name) throws Exception {
        Json roster = parse(belay);
        long pid = roster.get("processes").items().stream()
                .filter(process -> process.text("name").equals(name))
                .findFirst()
                .orElseThrow()
                .number("pid");
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(30, TimeUnit.SECONDS);
    }

    private static Json parse(Belay belay) throws IOException {
        return Json.parse(Files.readString(belay.state().resolve("local/processes.json")));
    }
}
