package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * One of two controllers is replaced by one of a version to come, which adds to the tables that the other one works on;
 * then both work, each with a runner of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class TwoVersionsIT {
    private static final int THIS = 0;
    private static final int NEXT = 1;
    private static final int CALLS = 30;

    private Fleet fleet;
    private Repository shop;
    private Json first;
    private List<String> meanwhile;
    private Running seenFromThis;

    @BeforeAll
    @Timeout(300)
    void the_next_version_comes_while_tasks_run() {
        fleet = Fleet.start(new Fleet.Plan(2, 0, 3));
        fleet.addRunnerAt(THIS);
        fleet.addRunnerAt(NEXT);
        shop = fleet.person().repository("shop");
        first = fleet.handOver(shop, new Script().write("first", "1\n"));
        meanwhile = Stream.of("one", "two", "three", "four")
                .map(prompt -> fleet.handOver(first, slow(CALLS), prompt))
                .toList();
        meanwhile.forEach(task -> LocalSystem.until(
                "it has done a step", () -> fleet.door().task(task).number("steps") > 0));
        seenFromThis = fleet.personAt(THIS).start("attach", "--json", meanwhile.getFirst());

        fleet.restart(NEXT, NextVersion.in(fleet.place()).home());

        LocalSystem.until("it is ready", () -> fleet.isReady(NEXT));
        fleet.awaitAll();
    }

    @AfterAll
    void end() {
        fleet.keepLogs(Path.of("target", "two-versions").toAbsolutePath());
        seenFromThis.close();
        fleet.close();
    }

    private static Script slow(int calls) {
        return Script.of(
                Stream.generate(() -> "date >>log; sleep 1").limit(calls).toArray(String[]::new));
    }

    private Json ended(String task) {
        LocalSystem.until("it ends", () -> fleet.door().task(task).flag("terminal"));
        return fleet.door().task(task);
    }

    private String handOverAt(int controller, Script script) {
        Belay person = fleet.personAt(controller);
        return person.at(shop)
                .run("run", "-d", "--model", script.in(person), "at " + controller)
                .well()
                .said();
    }

    private List<Json> log(int controller, String task) {
        return fleet.personAt(controller).run("logs", "--json", task).well().lines();
    }

    @Test
    void the_tables_are_brought_forward_below_tasks_that_run_and_notice_nothing() {
        assertThat(fleet.postgres()
                        .sql("select success from flyway_schema_history where version = '" + NextVersion.CHANGE + "'"))
                .isEqualTo("t");
        List<Json> ended = meanwhile.stream().map(this::ended).toList();
        List<Json> watched = seenFromThis.end().well().lines();

        assertThat(ended).allSatisfy(task -> {
            assertThat(task.text("state")).isEqualTo("succeeded");
            assertThat(task.number("epoch")).as("leases").isEqualTo(1);
            assertThat(fleet.postgres()
                            .sql("select h.installed_on between t.started_at and t.finished_at"
                                    + " from flyway_schema_history h, task t where h.version = '" + NextVersion.CHANGE
                                    + "' and t.id = '" + task.text("id") + "'"))
                    .as("the change came while it ran")
                    .isEqualTo("t");
        });
        assertThat(ended.stream().map(task -> task.text("runner")).distinct())
                .as("runners of both")
                .containsExactlyInAnyOrder("r1", "r2");
        assertThat(TaskLog.of(watched).isWhole().results()).hasSize(CALLS);
        assertThat(fleet.controllers().get(THIS).log()).doesNotContain(" ERROR ");
    }

    @Test
    void both_take_tasks_and_each_shows_those_of_the_other_whole() {
        List<String> tasks = new ArrayList<>();
        for (int controller : List.of(THIS, NEXT, THIS, NEXT)) {
            tasks.add(handOverAt(controller, new Script().write("a", "a\n").bash("cat a")));
        }

        for (String task : tasks) {
            fleet.personAt(THIS).run("wait", task).well();
            fleet.personAt(NEXT).run("attach", task).well();

            List<Json> log = log(THIS, task);
            assertThat(TaskLog.of(log).isWhole().results()).containsExactly("s1", "s2");
            assertThat(log(NEXT, task)).isEqualTo(log);
        }
        for (int controller : List.of(THIS, NEXT)) {
            assertThat(fleet.personAt(controller).run("ps", "-a").well().out())
                    .contains(tasks.stream().map(task -> task.substring(0, 6)).toList());
        }
    }

    @Test
    void each_cancels_and_moves_what_was_handed_to_the_other() {
        for (int taker : List.of(THIS, NEXT)) {
            Belay other = fleet.personAt(1 - taker);
            String endless = handOverAt(taker, new Script().bash("sleep 600"));
            String done = handOverAt(taker, new Script().write("a", "1\n").write("b", "2\n"));
            LocalSystem.until(
                    "it runs", () -> fleet.door().task(endless).text("state").equals("running"));
            assertThat(ended(done).text("state")).isEqualTo("succeeded");

            other.run("cancel", endless).well();
            other.run("rollback", done + "@s1").well();

            assertThat(ended(endless).text("state")).isEqualTo("cancelled");
            assertThat(other.run("exec", done, "--", "ls").well().out())
                    .contains("a")
                    .doesNotContain("b\n");
            fleet.personAt(taker).run("undo", done).well();
            assertThat(fleet.door().task(done).text("head")).isEqualTo("s2");
        }
    }

    @Test
    void an_event_that_this_version_does_not_know_is_shown_in_its_place_and_breaks_nothing() {
        String task = handOverAt(NEXT, slow(8));
        LocalSystem.until("it has done a step", () -> fleet.door().task(task).number("steps") > 0);
        try (Running people = fleet.personAt(THIS).start("attach", task);
                Running machine = fleet.personAt(THIS).start("attach", "--json", task)) {
            String seq = fleet.postgres()
                    .sql(NextVersion.event(task, "granted"))
                    .lines()
                    .findFirst()
                    .orElse("");

            machine.untilItSays(NextVersion.unknown("granted"));

            List<Json> seen = machine.end().well().lines();
            assertThat(TaskLog.of(seen).isWhole().results()).hasSize(8);
            Json unknown = seen.get(Integer.parseInt(seq) - 1);
            assertThat(unknown.text("kind")).isEqualTo("unknown");
            assertThat(unknown.text("unknown")).isEqualTo(NextVersion.unknown("granted"));
            assertThat(people.end().well().out()).contains("succeeded");
            assertThat(fleet.personAt(THIS)
                            .run("logs", task)
                            .well()
                            .out()
                            .lines()
                            .toList())
                    .hasSize(seen.size())
                    .filteredOn(line -> line.contains("of a newer version of Belay"))
                    .singleElement()
                    .asString()
                    .containsPattern(" " + seq + " .* unknown ");
            assertThat(log(NEXT, task)).isEqualTo(seen);
            String fork = fleet.personAt(THIS)
                    .run("fork", "-d", "--accept-weaker", task + "@s7")
                    .well()
                    .said();
            assertThat(ended(fork).text("state")).isEqualTo("succeeded");
            assertThat(log(THIS, fork).stream().map(event -> event.text("unknown")))
                    .contains(NextVersion.unknown("granted"));
        }
    }
}
