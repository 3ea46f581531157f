package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One step of a task undone alone: after its end, while it works, and when its runner dies over it. */
class RevertIT {
    private static final String LINES = "1\n2\n3\n4\n5\n6\n7\n";

    private static Script three() {
        return new Script()
                .write("a.txt", LINES)
                .bash(
                        "sed -i s/2/two/ a.txt; mkdir -p only/here; echo x >only/here/x; chmod +x README.md; rm src/app.txt")
                .bash("sed -i s/6/six/ a.txt; echo later >later.txt");
    }

    private static final String STATE = "cat a.txt; ls -d only later.txt src/app.txt 2>&1; stat -c %a README.md";

    @Test
    void a_step_of_an_ended_task_is_undone_and_what_came_later_stays() throws IOException {
        Belay belay = Belay.started();
        Repository shop = belay.repository("revert-ended");
        String task = belay.task(shop, three());

        Result dry = belay.run("revert", task, "s2", "--dry-run").well();
        assertThat(dry.out()).contains("would undo s2 alone", "A src/app.txt", "D only/here/x", "M a.txt");
        assertThat(head(belay, task)).isEqualTo("s3");
        Result reverted = belay.run("revert", task + "@s2").well();

        assertThat(reverted.out().lines().skip(1).toList())
                .as("it does what the dry run said")
                .startsWith(dry.out().lines().skip(1).toArray(String[]::new));
        assertThat(reverted.out()).contains("undid s2 alone  s3 → s4", "take it back: belay undo " + task);
        assertThat(belay.run("snapshots", task).well().out()).containsPattern("(?m)^s4 .*revert.*result.*without s2");
        assertThat(belay.run("show", "--json", task).well().json().text("head")).isEqualTo("s4");
        assertThat(belay.run("diff", task, "s3..s4").well().out())
                .contains("-two", "+2", "deleted file mode 100644")
                .doesNotContain("six", "later");
        String without =
                belay.run("exec", task, "--", "sh", "-c", STATE).ended(0).out();
        assertThat(without)
                .startsWith(LINES.replace("6", "six"))
                .contains("later.txt\n", "src/app.txt\n", "cannot access 'only'")
                .endsWith("644\n");

        assertThat(belay.run("undo", task).well().out()).contains("undone", "→ s3", "A only/here/x");
        assertThat(belay.run("exec", task, "--", "sh", "-c", STATE).ended(0).out())
                .startsWith(LINES.replace("6", "six").replace("2", "two"));
        belay.run("redo", task).well();
        assertThat(head(belay, task)).isEqualTo("s4");
        assertThat(belay.run("exec", task, "--", "sh", "-c", STATE).ended(0).out())
                .isEqualTo(without);

        belay.run("revert", task, "s2").refused("E_NOTHING_TO_REVERT", 7);
        assertThat(belay.run("revert", task, "s4").well().out()).contains("undid s4 alone");
        assertThat(belay.run("diff", task, "s3..head").well().out()).isBlank();
        belay.run("undo", task).well();

        belay.run("apply", "-C", shop.root().toString(), task).well();
        assertThat(Files.readString(shop.root().resolve("a.txt"))).isEqualTo(LINES.replace("6", "six"));
        assertThat(shop.root().resolve("src/app.txt")).exists();
        assertThat(shop.root().resolve("only")).doesNotExist();
        assertThat(Files.isExecutable(shop.root().resolve("README.md"))).isFalse();
    }

    private static String head(Belay belay, String task) {
        return belay.run("show", "--json", task).well().json().text("head");
    }

    @Test
    void what_was_changed_again_later_is_a_conflict_that_names_it_and_changes_nothing() {
        Belay belay = Belay.started();
        Repository shop = belay.repository("revert-conflict");
        String task = belay.task(
                shop,
                new Script()
                        .write("a.txt", "1\n")
                        .write("a.txt", "2\n")
                        .bash("true")
                        .bash("rm README.md; echo n >n"));
        List<Json> before = belay.run("attach", "--json", task).well().lines();

        Result refused = belay.run("revert", task, "s1").refused("E_CONFLICT", 7);

        assertThat(refused.err())
                .contains(
                        "s1 cannot be undone alone: 1 path is in the way",
                        "a.txt (the step made it, and it was changed later)",
                        "nothing was changed",
                        "belay rollback");
        belay.run("revert", task, "s3").refused("E_NOTHING_TO_REVERT", 7);
        belay.run("revert", task, "s0").refused("E_NOTHING_TO_REVERT", 7);
        belay.run("revert", task, "s9").refused("E_NO_SUCH_SNAPSHOT", 8);
        assertThat(belay.run("attach", "--json", task).well().lines()).hasSameSizeAs(before);
        belay.run("rollback", task, "s2").well();
        assertThat(belay.run("revert", task, "s4")
                        .refused("E_NOTHING_TO_REVERT", 7)
                        .err())
                .contains("s4 is not part of the result", "which s4 came after");
    }

    @Test
    void a_task_at_work_goes_on_without_the_step() {
        Belay belay = Belay.started();
        Repository shop = belay.repository("revert-live");
        String task =
                belay.handOver(shop, three().bash("echo free >free; sleep 4").bash("cat a.txt; ls"));
        try (Running watch = belay.start("attach", "--json", task)) {
            watch.untilItSays("sleep 4");

            Result reverted = belay.run("revert", task, "s2").well();

            assertThat(reverted.out()).contains("undid s2 alone", "s4 → s6", "M a.txt");
            Result seen = watch.end().well();
            TaskLog.of(seen.lines()).isWhole();
            assertThat(seen.err()).contains("↺ revert of s2 by");
            String next = seen.lines().stream()
                    .map(event -> event.get("tool_result").text("output"))
                    .filter(output -> !output.isEmpty())
                    .toList()
                    .getLast();
            assertThat(next)
                    .as("the next step works on files without s2")
                    .contains("2\n", "six\n", "free\n")
                    .doesNotContain("two", "only");
        }
        assertThat(belay.run("undo", task).well().out()).contains("→ s4");
        assertThat(belay.run("exec", task, "--", "cat", "a.txt").ended(0).out()).contains("two", "six");
    }

    private static Path home(Belay belay, String task) throws IOException {
        try (Stream<Path> all =
                Files.find(belay.state(), 8, (path, _) -> path.endsWith("tasks/" + task) && Files.isDirectory(path))) {
            return all.findFirst().orElseThrow();
        }
    }

    /** At whatever moment it dies: the files are those of the task's head, with the step or without it. */
    @Test
    void a_runner_that_dies_over_a_revert_leaves_the_files_of_the_head() throws Exception {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String many = "for i in $(seq 1 4000); do echo $i >many/$i; done";
            String length = "87" + ProcessHandle.current().pid();
            String task = belay.handOver(
                    shop,
                    new Script()
                            .bash("mkdir many; " + many)
                            .bash("for i in many/*; do echo changed >$i; done")
                            .bash("echo later >later")
                            .bash("sleep 3")
                            .bash("sleep " + length));
            try (Running watch = belay.start("attach", "--json", task)) {
                watch.untilItSays("sleep 3");
                Path intent = home(belay, task).resolve("snapshots.git/rollback.intent");
                try (Running revert = belay.start("revert", "--json", task, "s2")) {
                    LocalSystem.until(
                            "the files are being changed",
                            () -> Files.exists(intent) || !LocalSystem.works(revert.pid()));
                    LocalSystem.of(belay).kill("runner");
                    revert.end();
                }
                watch.untilItSays("sleep " + length);
                belay.run("cancel", task).well();
                List<Json> events = watch.end().lines();
                TaskLog.of(events).isWhole();
            }
            String head = head(belay, task);
            String counts = belay.run(
                            "exec",
                            task,
                            "--",
                            "sh",
                            "-c",
                            "grep -l changed many/* | wc -l; ls many | wc -l; cat later")
                    .ended(0)
                    .out();
            boolean undone = belay.run("attach", "--json", task).lines().stream()
                    .anyMatch(event ->
                            event.get("operation").get("operation").text("kind").equals("revert"));
            assertThat(counts).as("at %s", head).isEqualTo((undone ? "0" : "4000") + "\n4000\nlater\n");
        }
    }
}
