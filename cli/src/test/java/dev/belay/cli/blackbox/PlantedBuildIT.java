package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.blackbox.planted.Fault;
import dev.belay.cli.blackbox.planted.FaultyBuild;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * A test of the tests: real processes whose code has a fault do what the suites of deaths and outages do, and what these
 * suites look at turns red.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedBuildIT {
    private static final String STANDS_STILL = "stands still: no renewal";

    private final Planted planted = new Planted();

    @AfterAll
    void end() {
        planted.close();
    }

    private Fleet fleet(int runners, List<Fault> ofControllers, List<Fault> ofRunners) {
        return Fleet.start(new Fleet.Plan(
                1,
                runners,
                1,
                _ -> planted.with(ofControllers.toArray(Fault[]::new)),
                _ -> planted.with(ofRunners.toArray(Fault[]::new))));
    }

    /** A fault whose place was renamed would be none. */
    private static void assertPlanted(Kept process, Fault... faults) {
        assertThat(process.log())
                .contains(Stream.of(faults).map(FaultyBuild::said).toList());
    }

    private static Json ended(Fleet fleet, String task) {
        LocalSystem.until("it ends", () -> fleet.door().task(task).flag("terminal"));
        return fleet.door().task(task);
    }

    @Test
    void a_number_that_is_left_out_and_a_call_that_is_made_twice_are_seen() {
        try (Fleet fleet = fleet(1, List.of(Fault.SKIPPED_NUMBERS), List.of(Fault.CALLED_TWICE))) {
            Repository shop = fleet.person().repository("shop");

            Json task =
                    ended(fleet, fleet.handOver(shop, Script.of("echo 1 >>log")).text("id"));

            assertPlanted(fleet.controllers().getFirst(), Fault.SKIPPED_NUMBERS);
            assertPlanted(fleet.runners().getFirst(), Fault.CALLED_TWICE);
            assertThat(task.text("state")).isEqualTo("succeeded");
            assertThat(new Ledger(fleet.postgres()).violations())
                    .anyMatch(each -> each.startsWith("A_SEQUENCE_HAS_NO_GAP: "))
                    .anyMatch(each -> each.startsWith("THE_LAST_NUMBER_IS_THE_TASKS: "));
            TaskLog log = TaskLog.of(fleet.door().events(task.text("id")));
            assertThatThrownBy(log::isWhole).isInstanceOf(AssertionError.class).hasMessageContaining("has the number");
            assertThat(log.done()).containsExactly("echo 1 >>log");
            assertThat(fleet.door().prints(task.text("id"), "cat log"))
                    .as("what the files say was done")
                    .isEqualTo("1\n1\n");
        }
    }

    @Test
    void a_record_that_is_sent_twice_and_taken_twice_is_seen() {
        try (Fleet fleet = fleet(1, List.of(Fault.REPEATS_TAKEN), List.of(Fault.SENT_TWICE))) {
            Repository shop = fleet.person().repository("shop");
            // The table refuses it too; what is asked here is whether anybody would see it.
            fleet.postgres().sql("alter table event drop constraint event_task_epoch_runner_seq_key");

            Json task = ended(
                    fleet,
                    fleet.handOver(shop, Script.of("echo 1 >>log; sleep 1", "echo 2 >>log; sleep 1"))
                            .text("id"));

            assertPlanted(fleet.controllers().getFirst(), Fault.REPEATS_TAKEN);
            assertPlanted(fleet.runners().getFirst(), Fault.SENT_TWICE);
            assertThat(new Ledger(fleet.postgres()).violations())
                    .anyMatch(each -> each.startsWith("WHAT_A_RUNNER_SAID_IS_THERE_ONCE: "));
            assertThatThrownBy(() ->
                            TaskLog.of(fleet.door().events(task.text("id"))).isWhole())
                    .isInstanceOf(AssertionError.class)
                    .hasMessageFindingMatch("was begun twice|has two results");
        }
    }

    @Test
    @Timeout(300)
    void two_runners_that_both_go_on_are_seen_and_so_is_what_the_older_one_writes() {
        try (Fleet fleet = fleet(2, List.of(Fault.NO_FENCING), List.of(Fault.NEVER_OUT, Fault.DEAF))) {
            Repository shop = fleet.person().repository("shop");
            String task = fleet.handOver(
                            shop,
                            Script.of(Stream.generate(() -> "echo 1 >>log; sleep 1")
                                    .limit(200)
                                    .toArray(String[]::new)))
                    .text("id");
            LocalSystem.until(
                    "it has done a step", () -> fleet.door().task(task).number("steps") > 1);
            int older = fleet.door().task(task).text("runner").equals("r1") ? 0 : 1;

            fleet.wire(older).cut();

            LocalSystem.until(
                    "another runner has it",
                    () -> fleet.postgres()
                            .sql("select epoch = 2 and state = 'running' from task")
                            .equals("t"));
            int done = lines(fleet, task, older);
            LocalSystem.until("both are at work on it", () -> lines(fleet, task, older) > done);
            assertThat(fleet.runners().get(older).log())
                    .as("what a runner says that loses its lease")
                    .doesNotContain(STANDS_STILL);
            // What it says next is then the next that the controller counts on.
            LocalSystem.until(
                    "the newer one has written more than the older",
                    () -> fleet.postgres()
                            .sql(
                                    "select max(runner_seq) filter (where epoch = 2) > max(runner_seq) filter (where epoch = 1) "
                                            + "from event")
                            .equals("t"));

            fleet.wire(older).mend();

            LocalSystem.until(
                    "a call was begun twice",
                    () -> fleet.postgres()
                            .sql("select count(*) > count(distinct step) from event where kind = 'tool.call'")
                            .equals("t"));
            assertPlanted(fleet.controllers().getFirst(), Fault.NO_FENCING);
            assertPlanted(fleet.runners().get(older), Fault.NEVER_OUT, Fault.DEAF);
            assertThatThrownBy(() -> TaskLog.of(fleet.door().events(task)).isWhole())
                    .isInstanceOf(AssertionError.class)
                    .message()
                    .containsPattern("^s\\d+ (was begun twice|has two results|has a result and was not begun)");
        }
    }

    /** How many calls left their line in the files on the disk of this runner. */
    private static int lines(Fleet fleet, String task, int runner) {
        Path state = fleet.place().resolve("r" + (runner + 1));
        try {
            return Files.readAllLines(TaskDisk.live(fleet.runners().get(runner).pids(), state, task)
                            .resolve("log"))
                    .size();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
