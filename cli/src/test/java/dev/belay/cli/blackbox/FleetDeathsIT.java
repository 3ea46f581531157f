package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two controllers, their database, three runners and what runs in their sandboxes die at random while tasks run, and only
 * supervisors bring them back. Another order of deaths: {@code -Dbelay.seed=N}; more of them: {@code -Dbelay.full=true}, or
 * {@code -Dbelay.tasks=2000 -Dbelay.deaths=10000}.
 */
class FleetDeathsIT {
    private static final boolean FULL = Boolean.getBoolean("belay.full");
    private static final long SEED = Long.getLong("belay.seed", 20261122);
    private static final int TASKS = Integer.getInteger("belay.tasks", FULL ? 60 : 12);
    private static final int DEATHS = Integer.getInteger("belay.deaths", FULL ? 320 : 30);
    private static final int CALLS = FULL ? 25 : 12;
    private static final int SLOTS = 4;
    /** All but the first where what died again and again died in the task's first call of an epoch. */
    private static final List<String> ENDS = List.of("done", "quarantined", "runner_lost", "sandbox_failed");

    /** Only against a run without an end; every state has a shorter one of its own. */
    private static final Duration LAST_END = Duration.ofMinutes(10);

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void whoever_dies_what_was_acknowledged_ends_once_and_its_files_are_those_of_its_last_snapshot() throws Exception {
        long begun = System.nanoTime();
        Random random = new Random(SEED);
        try (Fleet fleet = Fleet.start(new Fleet.Plan(2, 3, SLOTS))) {
            Repository shop = fleet.person().repository("shop");
            Ledger ledger = new Ledger(fleet.postgres());
            Json first = fleet.handOver(shop, script(random, 0));
            List<String> tasks = new ArrayList<>(List.of(first.text("id")));
            Deaths deaths = new Deaths(fleet, SEED, DEATHS);
            try {
                while (deaths.more()) {
                    // A queue as long as the fleet is wide; and always some work, as long as somebody is to die.
                    if (ledger.live() < (tasks.size() < TASKS ? 2L * fleet.places() : 4)) {
                        tasks.add(fleet.handOver(first, script(random, tasks.size()), "task " + tasks.size()));
                    }
                    deaths.next();
                }
                deaths.end();
                while (tasks.size() < TASKS) {
                    tasks.add(fleet.handOver(first, script(random, tasks.size()), "task " + tasks.size()));
                }
                fleet.awaitAll();
                awaitTheEnd(ledger);
                Map<String, Integer> ends = new TreeMap<>();
                for (int i = 0; i < tasks.size(); i++) {
                    ends.merge(look(fleet, shop, tasks.get(i), "task " + i), 1, Integer::sum);
                }
                assertThat(ledger.violations()).isEmpty();
                assertThat(ledger.tasks())
                        .as("one task for each that was handed over, however often it was sent")
                        .isEqualTo(tasks.size());
                LocalSystem.until(
                        "no place is taken any more",
                        () -> fleet.door().status().get("runners").items().stream()
                                .allMatch(runner -> runner.number("used") == 0));
                System.out.printf(
                        "%d tasks %s, %s, seed %d, %d s%n",
                        tasks.size(), ends, deaths, SEED, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
            } catch (AssertionError | RuntimeException failed) {
                Path logs = Path.of("target", "fleet-" + SEED).toAbsolutePath();
                fleet.keepLogs(logs);
                throw new AssertionError(
                        failed.getMessage() + "\nseed " + SEED + ", " + tasks.size() + " tasks, " + deaths
                                + "; logs in " + logs,
                        failed);
            }
        }
    }

    private static void awaitTheEnd(Ledger ledger) throws InterruptedException {
        long deadline = System.nanoTime() + LAST_END.toNanos();
        while (ledger.live() > 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("some never end: " + ledger.violations());
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** What must hold of one of them; returns how it ended. */
    private static String look(Fleet fleet, Repository shop, String task, String prompt) throws IOException {
        Door door = fleet.door();
        Json shown = door.task(task);
        assertThat(shown.text("prompt")).as(task).isEqualTo(prompt);
        assertThat(shown.flag("terminal")).as("%s", shown).isTrue();
        String end = shown.text("stop_reason");
        assertThat(end).as("%s", shown).isIn(ENDS);
        TaskLog log = TaskLog.of(door.events(task)).isWhole();
        if (shown.text("head").isEmpty()) {
            // It ended before its workspace was there.
            return end;
        }
        WorkTree last = WorkTree.inTheLastSnapshot(door, shop, task);
        if (end.equals("done") || end.equals("sandbox_failed")) {
            assertThat(last.differences(WorkTree.onDisk(fleet.place().resolve(shown.text("runner")), shop, task)))
                    .as("%s: its last snapshot, and what lies on the disk of the runner that ended it", task)
                    .isEmpty();
        }
        assertThat(last.differences(WorkTree.inTheWorkspace(door, task)))
                .as("%s: its last snapshot, and what a command finds", task)
                .isEmpty();
        List<String> lines = new ArrayList<>(
                door.prints(task, "cat log 2>/dev/null; true").lines().toList());
        // A call that the sandbox ended in is told as interrupted, and its files are as it left them.
        lines.removeAll(log.halfDone().stream().map(FleetDeathsIT::line).toList());
        assertThat(log.done().stream().map(FleetDeathsIT::line))
                .as("%s: the calls that the log says were done, and those that the files say", task)
                .containsExactlyElementsOf(lines);
        return end;
    }

    /** Every call writes its own line into a file that only grows, and does something else besides. */
    private static Script script(Random random, int task) {
        Script script = new Script();
        for (int call = 1; call <= CALLS; call++) {
            String folder = "d" + random.nextInt(3);
            String file = folder + "/f" + random.nextInt(4);
            String besides = switch (random.nextInt(5)) {
                case 0 -> "rm -f " + file;
                case 1 -> "mkdir -p " + folder + "; echo x >>" + file + "; chmod 755 " + file;
                case 2 -> "rm -rf " + folder;
                default -> "mkdir -p " + folder + "; echo " + task + "." + call + " >" + file;
            };
            script.bash("echo " + task + "." + call + " >>log; " + besides + "; sleep " + random.nextInt(4));
        }
        return script;
    }

    /** What a call of such a script wrote. */
    private static String line(String command) {
        return command.substring("echo ".length(), command.indexOf(" >>log"));
    }
}
