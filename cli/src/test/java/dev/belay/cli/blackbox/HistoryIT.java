package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Moving the result of a task, and running commands in its sandbox: while it works and after it has ended. */
class HistoryIT {
    /** The state of all that a snapshot promises: kinds, modes, links, contents, and what git thinks of it. */
    private static final String STATE =
            "find . -path ./.git -prune -o -printf '%p %y %m %l\\n' | sort; find . -path ./.git -prune -o -type f"
                    + " -exec sha256sum {} + | sort; git status --porcelain; git log --format=%H; git stash list;"
                    + " git config --get user.nick; exit 0";

    private static Belay belay;
    private static Repository shop;

    @BeforeAll
    static void a_system_runs() {
        belay = Belay.started();
        shop = belay.repository("history");
    }

    @Test
    void every_step_comes_back_byte_for_byte() {
        List<String> changes = List.of(
                "true",
                "printf 'a\\0b' > 'with space ü.bin'; mkdir -p deep/er; ln -s ../README.md deep/er/link; rm src/app.txt",
                "chmod 600 bin/run.sh; git config user.nick ada; git add -A; git -c user.name=x -c user.email=x@y commit -qm one",
                "rm latest; mkdir latest; echo now a folder > latest/in; rm -rf deep; echo a > deep",
                "seq 1 20000 > big.txt; git stash -q -u 2>/dev/null || git -c user.name=x -c user.email=x@y stash -q -u",
                "rm -rf src bin *.bin README.md; echo end > end");
        Script script = new Script();
        changes.forEach(change -> script.bash("( " + change + " ) >/dev/null; " + STATE));
        String task = belay.task(shop, script);
        List<String> seen = outputs(task);
        assertThat(seen).hasSize(changes.size());

        for (int step : new int[] {3, 1, 6, 2, 5, 4}) {
            belay.run("rollback", task, "s" + step).well();

            assertThat(belay.run("exec", task, "--", "sh", "-c", STATE).well().out())
                    .as("the state after s%d", step)
                    .isEqualTo(seen.get(step - 1));
        }
    }

    /** What each Bash step of the script printed. */
    private static List<String> outputs(String task) {
        List<String> outputs = new ArrayList<>();
        for (Json event : belay.run("attach", "--json", task).well().lines()) {
            Json result = event.get("tool_result");
            if (result.text("tool").equals("Bash")) {
                outputs.add(result.text("output").stripTrailing().replaceFirst("^exit code: 0\n", "") + "\n");
            }
        }
        return outputs;
    }

    @Test
    void rollback_undo_and_redo_move_the_result_and_a_dry_run_moves_nothing() {
        String task = belay.task(
                shop, new Script().write("a.txt", "1\n").write("a.txt", "2\n").write("b.txt", "b\n"));

        Result dry = belay.run("rollback", task, "s1", "--dry-run").well();
        assertThat(dry.out()).contains("would roll back to s1", "M a.txt", "D b.txt");
        assertThat(head(task)).isEqualTo("s3");
        assertThat(operations(task, "rollback")).isZero();

        Result rolled = belay.run("rollback", task + "@s1").well();
        assertThat(rolled.out()).contains("rolled back to s1", "M a.txt", "D b.txt", "take it back: belay undo ");
        assertThat(columnsOfCounts(rolled.out()))
                .as("the counts stand in one column")
                .hasSize(1);
        assertThat(head(task)).isEqualTo("s1");
        assertThat(belay.run("diff", task, "--stat").out()).contains("a.txt").doesNotContain("b.txt");

        assertThat(belay.run("undo", task).well().out()).contains("undone", "A b.txt");
        assertThat(head(task)).isEqualTo("s3");
        assertThat(belay.run("redo", task).well().out()).contains("redone", "D b.txt");
        assertThat(head(task)).isEqualTo("s1");
        assertThat(belay.run("exec", task, "--", "cat", "a.txt").well().out()).isEqualTo("1\n");
    }

    private static List<Integer> columnsOfCounts(String said) {
        return said.lines()
                .filter(line -> line.startsWith("  M ") || line.startsWith("  D "))
                .map(line -> Math.max(line.indexOf('+'), 0) == 0 ? line.indexOf('−') : line.indexOf('+'))
                .distinct()
                .toList();
    }

    private static String head(String task) {
        return belay.run("show", "--json", task).well().json().text("head");
    }

    private static long operations(String task, String kind) {
        return belay.run("attach", "--json", task).well().lines().stream()
                .filter(event ->
                        event.get("operation").get("operation").text("kind").equals(kind))
                .count();
    }

    @Test
    void a_task_at_work_is_rolled_back_between_two_steps_and_goes_on_from_there() {
        String task = belay.handOver(
                shop,
                new Script()
                        .write("a.txt", "1\n")
                        .write("a.txt", "2\n")
                        .bash("sleep 4")
                        .bash("cat a.txt"));
        try (Running watch = belay.start("attach", "--json", task)) {
            watch.untilItSays("sleep 4");

            Result rolled = belay.run("rollback", task, "s1").well();

            assertThat(rolled.out()).contains("rolled back to s1", "M a.txt");
            Result seen = watch.end().well();
            assertThat(seen.err()).contains("rollback by", "→ s1");
            assertThat(seen.err().substring(seen.err().indexOf("cat a.txt")))
                    .as("the next step works on the state of s1")
                    .contains("│ 1");
        }
    }

    @Test
    void exec_passes_output_and_exit_code_through_of_an_ended_task() {
        String task = belay.task(shop, new Script());

        Result ran = belay.run("exec", task, "--", "sh", "-c", "echo out; echo err >&2; exit 42")
                .ended(42);

        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).contains("err\n");
        assertThat(belay.run("exec", task, "--", "sh", "-c", "kill -9 $$").exit())
                .isEqualTo(137);
        Result json =
                belay.run("exec", task, "--json", "--", "sh", "-c", "exit 3").ended(3);
        assertThat(json.lines().getLast().get("ended").number("exit_code")).isEqualTo(3);
    }

    @Test
    void a_command_that_does_not_exist_is_127_and_one_that_cannot_run_126() {
        String task = belay.task(shop, new Script());

        assertThat(belay.run("exec", task, "--", "no-such-command").ended(127).err())
                .contains("no-such-command: No such file or directory");
        assertThat(belay.run("exec", task, "--", "./README.md").ended(126).err())
                .contains("./README.md: Permission denied");
    }

    @Test
    void exec_changes_are_a_snapshot_of_their_own_and_can_be_undone() {
        String task = belay.task(shop, new Script().write("a.txt", "1\n"));

        belay.run("exec", task, "--", "sh", "-c", "echo 2 > a.txt").well();

        assertThat(belay.run("exec", task, "--", "cat", "a.txt").well().out()).isEqualTo("2\n");
        assertThat(belay.run("snapshots", task).well().out()).containsPattern("(?m)^s2 .*exec");
        belay.run("rollback", task, "s1").well();
        assertThat(belay.run("exec", task, "--", "cat", "a.txt").well().out()).isEqualTo("1\n");
    }

    @Test
    void exec_in_a_task_at_work_waits_for_its_step_and_says_so() {
        String task =
                belay.handOver(shop, Script.of("echo here > made; sleep 4").bash("cat added"));
        try (Running watch = belay.start("attach", "--json", task)) {
            watch.untilItSays("sleep 4");

            Result ran = belay.run("exec", task, "--", "sh", "-c", "cat made; echo by hand > added");

            assertThat(ran.well().out()).isEqualTo("here\n");
            assertThat(ran.err()).contains("waiting for ");
            assertThat(watch.end().well().err()).contains("│ by hand");
        }
    }

    @Test
    void exec_ends_a_command_after_its_time() {
        String task = belay.task(shop, new Script());

        long begun = System.nanoTime();
        Result ran = belay.run("exec", task, "--timeout", "1s", "--", "sleep", "61");

        assertThat(ran.exit()).isEqualTo(124);
        assertThat((System.nanoTime() - begun) / 1_000_000_000).isLessThan(40);
    }

    @Test
    void cancel_ends_a_task_at_work_and_every_process_of_it() {
        String length = "8640" + ProcessHandle.current().pid();
        String task = belay.handOver(
                shop, new Script().write("a.txt", "1\n").bash("(setsid sleep " + length + " &) ; sleep " + length));
        try (Running watch = belay.start("attach", "--json", task)) {
            watch.untilItSays("sleep " + length);
            belay.run("wait", "--timeout", "1s", task).refused("E_TIMEOUT", 124);

            Result cancelled = belay.run("cancel", "-m", "enough of it", task).well();

            assertThat(cancelled.out()).contains("its snapshots stay");
            assertThat(watch.end().ended(1).err()).contains("cancelled", "enough of it");
        }
        assertThat(belay.run("wait", task).ended(1).out()).startsWith("cancelled");
        assertThat(Leftovers.naming("sleep\0" + length))
                .as("processes of the cancelled task")
                .isEmpty();
        assertThat(belay.run("exec", task, "--", "cat", "a.txt").well().out()).isEqualTo("1\n");
        assertThat(belay.run("cancel", task).well().out())
                .as("once more is no error")
                .contains("is cancelled");
    }

    @Test
    void undo_stops_at_the_beginning_and_redo_at_the_end_with_a_word() {
        String task = belay.task(shop, new Script());

        belay.run("redo", task).refused("E_NOTHING_TO_REDO", 7);
        belay.run("undo", task).refused("E_NOTHING_TO_UNDO", 7);
        belay.run("rollback", task, "s99").refused("E_NO_SUCH_SNAPSHOT", 8);
        assertThat(head(task)).isEqualTo("s0");
    }
}
