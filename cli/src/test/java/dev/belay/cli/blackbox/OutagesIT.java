package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The only controller is away while several tasks run, shorter and longer than a lease; and a runner dies at a bad moment. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutagesIT {
    private static final int TASKS = 6;

    private Fleet fleet;
    private Repository shop;
    private Json first;
    private int handedOver;

    @BeforeAll
    void a_fleet_of_one_works() {
        fleet = Fleet.start(new Fleet.Plan(1, 1, TASKS));
        shop = fleet.person().repository("shop");
        first = fleet.handOver(shop, new Script().write("first", "1\n"));
    }

    @AfterAll
    void end() {
        fleet.close();
    }

    private List<String> several(Script script) {
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            tasks.add(fleet.handOver(first, script, "outage " + ++handedOver));
        }
        for (String task : tasks) {
            LocalSystem.until(
                    "it has done a step",
                    () -> !fleet.door().task(task).get("head").isNull()
                            && fleet.door().task(task).number("steps") > 0);
        }
        return tasks;
    }

    private List<Json> ended(List<String> tasks) {
        List<Json> ended = new ArrayList<>();
        for (String task : tasks) {
            LocalSystem.until("it ends", () -> fleet.door().task(task).flag("terminal"));
            ended.add(fleet.door().task(task));
        }
        return ended;
    }

    private static Script calls(int count) {
        return Script.of(
                Stream.generate(() -> "date >>log; sleep 2").limit(count).toArray(String[]::new));
    }

    @Test
    @Timeout(300)
    void a_controller_that_is_away_for_less_than_fifteen_seconds_interrupts_none_of_several_tasks() {
        List<String> tasks = several(calls(12));
        long begun = System.nanoTime();

        fleet.controllers().getFirst().dieFor(Duration.ofSeconds(3));

        fleet.awaitAll();
        // It may take a busy machine longer to start it: then tasks were interrupted, and went on all the same.
        boolean promised = System.nanoTime() - begun < Duration.ofSeconds(15).toNanos();
        for (Json task : ended(tasks)) {
            assertThat(task.text("state")).as("%s", task).isEqualTo("succeeded");
            TaskLog log = TaskLog.of(fleet.door().events(task.text("id"))).isWhole();
            assertThat(log.results()).hasSize(12);
            if (promised) {
                assertThat(task.number("epoch")).as("%s", task).isEqualTo(1);
                assertThat(log.results()).noneMatch(result -> result.endsWith("interrupted"));
            }
        }
    }

    @Test
    @Timeout(300)
    void what_a_runner_could_not_tell_of_a_task_that_ended_meanwhile_is_in_nobodys_way() {
        String task = fleet.handOver(
                first,
                Script.of(IntStream.range(0, 60)
                        .mapToObj(i -> "echo " + i + " >>log; sleep 0.5")
                        .toArray(String[]::new)),
                "outage " + ++handedOver);
        LocalSystem.until(
                "it has done a step",
                () -> !fleet.door().task(task).text("head").isEmpty()
                        && fleet.door().task(task).number("steps") > 0);
        fleet.wire(0).cut();
        int heard = snapshotsOnDisk(task);
        LocalSystem.until("its runner goes on alone", () -> snapshotsOnDisk(task) >= heard + 5);

        fleet.person().run("cancel", task).well();
        LocalSystem.until("its lease is over", () -> fleet.door().task(task).flag("terminal"));
        fleet.wire(0).mend();
        fleet.awaitAll();

        assertThat(fleet.door().task(task).text("state")).isEqualTo("cancelled");
        int done = TaskLog.of(fleet.door().events(task)).isWhole().done().size();
        for (int again = 0; again < 2; again++) {
            assertThat(fleet.door().prints(task, "cat log 2>/dev/null | wc -l").strip())
                    .as("the files are those of the calls that were told of")
                    .isEqualTo(Integer.toString(done));
        }
    }

    private int snapshotsOnDisk(String task) {
        Path packs = fleet.place().resolve("r1/room/tasks").resolve(task).resolve("snapshots.git/objects/pack");
        try (Stream<Path> files = Files.list(packs)) {
            return (int) files.filter(file -> file.toString().endsWith(".idx")).count();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    @Timeout(400)
    void a_controller_that_is_away_for_longer_than_a_lease_finds_every_call_where_it_was() {
        String length = "50.8661" + ProcessHandle.current().pid();
        List<String> tasks = several(new Script()
                .write("first", "1\n")
                .bash("echo $((1 + $(cat count 2>/dev/null || echo 0))) >count; sleep " + length)
                .bash("echo again >>twice"));
        LocalSystem.until("all sleep", () -> sleeping(length) >= TASKS);

        fleet.controllers().getFirst().dieFor(Duration.ofSeconds(40));

        for (Json task : ended(tasks)) {
            assertThat(task.text("state")).as("%s", task).isEqualTo("succeeded");
            assertThat(TaskLog.of(fleet.door().events(task.text("id")))
                            .isWhole()
                            .results())
                    .containsExactly("s1", "s2", "s3");
            assertThat(task.number("epoch")).as("%s", task).isEqualTo(1);
            assertThat(fleet.door().prints(task.text("id"), "cat first count twice"))
                    .isEqualTo("1\n1\nagain\n");
        }
        assertThat(new Ledger(fleet.postgres()).violations()).isEmpty();
    }

    @Test
    @Timeout(300)
    void a_task_that_was_cancelled_twice_when_its_runner_died_is_cancelled_and_nothing_of_it_lives() {
        String length = "8662" + ProcessHandle.current().pid();
        // Ends only by force, so that the runner is still busy with the end when it dies.
        String task = fleet.handOver(
                first,
                new Script().write("first", "1\n").bash("trap '' TERM INT; sleep " + length),
                "outage " + ++handedOver);
        LocalSystem.until("it sleeps", () -> sleeping(length) > 0);

        fleet.person().run("cancel", task).well();
        fleet.person().run("cancel", task).well();
        fleet.runners().getFirst().kill();

        Json end = ended(List.of(task)).getFirst();
        assertThat(end.text("state")).as("%s", end).isEqualTo("cancelled");
        TaskLog.of(fleet.door().events(task)).isWhole();
        LocalSystem.until("nothing of it lives", () -> sleeping(length) == 0);
        fleet.awaitAll();
    }

    private static long sleeping(String length) {
        return Leftovers.naming("sleep\0" + length).stream()
                .filter(pid -> Leftovers.commandLine(pid).startsWith("sleep "))
                .count();
    }
}
