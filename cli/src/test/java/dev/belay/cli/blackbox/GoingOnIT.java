package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Going on with a task: send, pause, resume, fork; with real deaths at the worst moments. */
class GoingOnIT {
    @Test
    void a_message_outlives_the_runner_that_was_killed_right_after_it_was_sent() {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String length = sleep(1);
            String task = belay.handOver(
                    shop,
                    new Script()
                            .write("first", "1\n")
                            .bash("echo half >>first; sleep " + length)
                            .told("keep it short")
                            .write("last", "3\n"));
            try (Running watch = belay.start("attach", "--json", task)) {
                watch.untilItSays("sleep " + length);

                Result sent =
                        belay.run("send", task, "please,", "keep it short").well();
                LocalSystem.of(belay).kill("runner");

                assertThat(sent.out()).contains("has the message, and hears it with its next turn");
                List<Json> events = watch.end().well().lines();
                TaskLog.of(events).isWhole();
                assertThat(TaskLog.of(events).results()).containsExactly("s1", "s2 interrupted", "s3");
                assertThat(events.stream()
                                .filter(event -> event.text("kind").equals("person.message"))
                                .map(event -> event.get("person_message").text("text")))
                        .containsExactly("please, keep it short");
            }
            assertThat(belay.run("show", "--json", task).well().json().number("unread"))
                    .isZero();
        }
    }

    @Test
    void without_the_message_the_same_conversation_fails() {
        Belay belay = Belay.started();

        String task = belay.handOver(
                belay.repository("untold"),
                new Script().write("first", "1\n").told("keep it short").write("last", "3\n"));

        belay.run("wait", task).ended(1);
        Json shown = belay.run("show", "--json", task).well().json();
        assertThat(shown.text("stop_reason")).isEqualTo("script_mismatch");
        assertThat(shown.text("stop_detail")).contains("expects to be told \"keep it short\", and was told nothing");
    }

    @Test
    void a_message_to_a_task_at_work_is_heard_with_its_next_turn() throws Exception {
        Belay belay = Belay.started();
        String task = belay.handOver(
                belay.repository("told"),
                new Script().bash("sleep 8").told("from a file").write("last", "3\n"));
        Path file = Files.writeString(belay.work().resolve("message.txt"), "this is\nfrom a file\n");
        belay.run("wait", "--for", "event=tool.call", task).well();

        Json sent = belay.run("send", "--json", task, "--file", file.toString())
                .well()
                .json();

        belay.run("wait", task).well();
        assertThat(sent.get("task").text("id")).isEqualTo(task);
        assertThat(belay.run("attach", task).well().out()).contains("✎ ", "from a file");
        assertThat(belay.run("logs", "--kind", "person.message", task).well().out())
                .hasLineCount(1)
                .contains("this is");
        Result late = belay.fed("too late\n").run("send", task, "-").refused("E_TASK_ENDED", 7);
        assertThat(late.err()).contains("belay fork " + task.substring(0, 6), "\"too late\"");
    }

    @Test
    void a_pause_that_was_acknowledged_outlives_the_controller_and_everything_else() {
        try (Belay belay = Belay.fresh().with("BELAY_SLOTS", "1")) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String task = belay.handOver(
                    shop,
                    new Script()
                            .write("first", "1\n")
                            .bash("sleep 4; echo 2 >>first")
                            .told("go on")
                            .write("last", "3\n"));
            belay.run("wait", "--for", "snapshot=s1", task).well();

            belay.run("pause", task).well();
            LocalSystem.of(belay).kill("controller");

            belay.run("wait", "--for", "paused", "--timeout", "60s", task).well();
            assertThat(belay.run("wait", task).ended(5).err()).contains("belay resume " + task.substring(0, 6));
            assertThat(belay.run("attach", task).ended(5).out()).contains("paused by");
            belay.run("pause", task).well();
            String other = belay.task(shop, Script.of("true"));
            assertThat(belay.run("show", "--json", other).well().json().text("state"))
                    .as("the only place is free")
                    .isEqualTo("succeeded");
            belay.run("down").well();
            belay.run("up").well();
            assertThat(belay.run("show", "--json", task).well().json().text("state"))
                    .isEqualTo("paused");
            assertThat(belay.run("exec", task, "--", "cat", "first").well().out())
                    .as("the call that was at work has ended first")
                    .isEqualTo("1\n2\n");
            assertThat(belay.run("send", task, "now go on").well().out()).contains("hears it when it goes on");

            belay.run("resume", task).well();

            belay.run("wait", "--timeout", "60s", task).well();
            List<Json> events = belay.run("attach", "--json", task).well().lines();
            TaskLog.of(events).isWhole();
            assertThat(TaskLog.of(events).results()).doesNotContain("s2 interrupted");
            assertThat(belay.run("exec", task, "--", "cat", "first", "last")
                            .well()
                            .out())
                    .isEqualTo("1\n2\n3\n");
        }
    }

    @Test
    void a_pause_now_interrupts_the_call_and_keeps_what_it_had_done() {
        Belay belay = Belay.started();
        String length = sleep(2);
        String task = belay.handOver(
                belay.repository("now"),
                new Script().bash("echo half >half; sleep " + length).write("last", "3\n"));
        try (Running watch = belay.start("attach", "--json", task)) {
            watch.untilItSays("sleep " + length);

            belay.run("pause", "--now", task).well();

            Result seen = watch.end().ended(5);
            assertThat(seen.err()).contains("go on: belay resume");
        }
        assertThat(Leftovers.naming("sleep\0" + length)).isEmpty();
        assertThat(belay.run("resume", task).well().out()).contains("goes on from s1");
        belay.run("wait", "--timeout", "60s", task).well();
        assertThat(belay.run("exec", task, "--", "cat", "half", "last").well().out())
                .isEqualTo("half\n3\n");
    }

    @ParameterizedTest
    @CsvSource({"--max-turns=1, true, --max-turns=9", "--timeout=4s, sleep 60, --timeout=2h"})
    void a_task_at_a_limit_waits_for_another_limit(String limit, String first, String more) {
        Belay belay = Belay.started();
        Path script = belay.script(
                "limit-" + Integer.toHexString(first.hashCode()),
                new Script().bash(first).write("last", "3\n").yaml());

        Result ran = belay.at(belay.repository("limit" + first.length()))
                .run("run", limit, "--model", "script:" + script, "x")
                .ended(3);

        assertThat(ran.out() + ran.err()).contains("waiting for budget", "go on: belay resume");
        String task = belay.run("show", "--json", "-").well().json().text("id");
        assertThat(belay.run("attach", task).ended(3).out()).contains("waiting");
        belay.run("resume", task).refused("E_CONFLICT", 7);
        assertThat(belay.run("resume", "--json", more, task).well().json().text("id"))
                .isEqualTo(task);
        belay.run("wait", "--timeout", "60s", task).well();
        assertThat(belay.run("exec", task, "--", "cat", "last").well().out()).isEqualTo("3\n");
    }

    @Test
    void a_fork_is_made_of_packs_alone_when_its_parents_runner_is_gone() {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String parent = belay.task(
                    shop,
                    new Script()
                            .write("a", "1\n")
                            .bash("mkdir -p b; echo 2 >b/c; chmod 700 b")
                            .write("d", "4\n"));
            LocalSystem local = LocalSystem.of(belay);
            local.killSupervisor("runner");
            local.kill("runner");
            try (AnotherRunner _ = AnotherRunner.start(belay, "other", 2)) {
                String mind = new Script().told("without d").write("e", "5\n").in(belay);

                Result forked = belay.run("fork", "--model", mind, parent + "@s2", "and now without d")
                        .well();

                Json fork = belay.run("show", "--json", "-").well().json();
                assertThat(fork.text("parent")).isEqualTo(parent);
                assertThat(fork.text("parent_snapshot")).isEqualTo("s2");
                assertThat(fork.text("runner")).isEqualTo("other");
                assertThat(forked.out()).contains("s3").doesNotContain("s1 ");
                assertThat(belay.run("show", fork.text("id")).well().out()).contains(parent + "@s2");
                TaskLog.of(belay.run("attach", "--json", fork.text("id")).well().lines())
                        .isWhole();
                assertThat(belay.run(
                                        "exec",
                                        fork.text("id"),
                                        "--",
                                        "sh",
                                        "-c",
                                        "cat a b/c e; stat -c %a b; ls d 2>/dev/null; true")
                                .well()
                                .out())
                        .isEqualTo("1\n2\n5\n700\n");
                assertThat(belay.run("diff", fork.text("id")).well().out())
                        .as("the whole change, against the person's project")
                        .contains("+++ b/a", "+++ b/b/c", "+++ b/e")
                        .doesNotContain("b/d");
                belay.at(shop).run("apply", fork.text("id")).well();
                assertThat(shop.root().resolve("e")).hasContent("5\n");
                assertThat(shop.root().resolve("d")).doesNotExist();
                assertThat(belay.run("snapshots", "--json", parent)
                                .well()
                                .json()
                                .get("snapshots")
                                .items())
                        .as("the parent is as it was")
                        .hasSize(4);
            }
        }
    }

    @Test
    void a_fork_without_a_prompt_goes_on_as_its_parent_did_and_one_at_the_end_needs_a_script() {
        Belay belay = Belay.started();
        String parent = belay.task(
                belay.repository("again"),
                new Script().write("a", "1\n").write("b", "2\n").write("c", "3\n"));

        String fork = belay.run("fork", "-d", parent + "@s1").well().said();

        belay.run("wait", "--timeout", "60s", fork).well();
        assertThat(belay.run("exec", fork, "--", "cat", "a", "b", "c").well().out())
                .isEqualTo("1\n2\n3\n");
        assertThat(belay.run("fork", parent, "more").refused("E_SCRIPT", 2).err())
                .contains("has no turn left after s3", "--model script:FILE");
        String mind = new Script().told("the docs").write("docs", "x\n").in(belay);
        String further = belay.run("fork", "-d", "--model", mind, parent, "and the docs")
                .well()
                .said();
        belay.run("wait", "--timeout", "60s", further).well();
        assertThat(belay.run("logs", further).well().out())
                .as("the last words of the parent are in the conversation")
                .contains("All done.", "and the docs");
    }

    @Test
    void a_fork_of_a_task_at_work_leaves_it_at_work() {
        Belay belay = Belay.started();
        String parent = belay.handOver(
                belay.repository("live"),
                new Script().write("a", "1\n").bash("sleep 6").write("b", "2\n"));
        belay.run("wait", "--for", "snapshot=s1", parent).well();
        String mind = new Script().told("instead").write("c", "3\n").in(belay);

        String fork = belay.run("fork", "-d", "--model", mind, parent, "c instead")
                .well()
                .said();

        belay.run("wait", "--timeout", "60s", fork, parent).well();
        assertThat(belay.run("exec", fork, "--", "sh", "-c", "cat a c; ls b 2>/dev/null; true")
                        .well()
                        .out())
                .isEqualTo("1\n3\n");
        assertThat(belay.run("exec", parent, "--", "cat", "a", "b").well().out())
                .isEqualTo("1\n2\n");
    }

    @ParameterizedTest
    @CsvSource({
        "send T, E_NO_PROMPT, 2",
        "send T --file nowhere.txt, E_USAGE, 2",
        "send T --file x message, E_USAGE, 2",
        "send t-0000 hello, E_NO_SUCH_TASK, 8",
        "send T@s1 hello, E_USAGE, 2",
        "pause T, E_TASK_ENDED, 7",
        "pause t-0000, E_NO_SUCH_TASK, 8",
        "resume T, E_TASK_ENDED, 7",
        "resume T --max-turns=-1, E_USAGE, 2",
        "resume T --timeout soon, E_USAGE, 2",
        "fork T@s99 x, E_NO_SUCH_SNAPSHOT, 8",
        "fork T --mode fast x, E_UNKNOWN_MODE, 2",
        "fork T --model gpt x, E_UNKNOWN_MODEL, 2",
        "fork T --model script:nowhere.yaml x, E_SCRIPT, 2",
        "fork t-0000 x, E_NO_SUCH_TASK, 8",
    })
    void what_cannot_be_done_is_named(String words, String code, int exit) {
        Belay belay = Belay.started();

        String[] command = words.replaceFirst(" T(?=@| |$)", " " + Ended.TASK).split(" ");

        belay.run(command).refused(code, exit);
        assertThat(belay.run("retry", "--list", "-q").well().out())
                .as("nothing that was refused is kept")
                .isEmpty();
    }

    private static final class Ended {
        static final String TASK = Belay.started().task(Belay.started().repository("ended"), Script.of("true"));
    }

    private static String sleep(int test) {
        return "87" + test + ProcessHandle.current().pid();
    }
}
