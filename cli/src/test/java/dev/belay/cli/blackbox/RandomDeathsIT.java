package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Controller and runner die at random while tasks run, and nobody but their supervisors brings them back. Whatever was
 * acknowledged ends; every call that has a result was made once; the files are those of exactly these calls.
 */
class RandomDeathsIT {
    private static final long SEED = Long.getLong("belay.seed", 20261121);
    private static final int TASKS = 4;
    private static final int CALLS = 14;
    private static final int DEATHS = 7;

    @Test
    @Timeout(400)
    void what_was_acknowledged_ends_once_and_with_the_files_of_its_calls_whoever_dies() throws Exception {
        Random random = new Random(SEED);
        try (Belay belay = Belay.fresh().with("BELAY_SLOTS", Integer.toString(TASKS))) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            List<String> tasks = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                tasks.add(belay.handOver(shop, script()));
            }

            for (int i = 0; i < DEATHS; i++) {
                pause(500 + random.nextInt(2500));
                dies(belay, random.nextInt(3) == 0 ? "controller" : "runner");
            }

            LocalSystem.until(
                    "the runner is back after the last death",
                    () -> belay.run("status").out().contains("local-1 connected"));
            for (String task : tasks) {
                belay.run("wait", "--timeout", "80s", task);
                Json shown = belay.run("show", "--json", task).well().json();
                assertThat(shown.flag("terminal"))
                        .as("seed %s: %s", SEED, shown)
                        .isTrue();
                assertThat(shown.text("stop_reason")).isIn("done", "quarantined", "runner_lost");
                TaskLog log =
                        TaskLog.of(belay.run("attach", "--json", task).lines()).isWhole();
                String lines = belay.run("exec", task, "--", "sh", "-c", "cat log 2>/dev/null; true")
                        .well()
                        .out();
                assertThat(log.done())
                        .as("seed %s: what the files say was done, and what the log says", SEED)
                        .containsExactlyElementsOf(
                                lines.lines().map(RandomDeathsIT::command).toList());
            }
        }
    }

    @Test
    void each_fault_that_is_planted_in_a_log_is_seen() {
        Belay belay = Belay.started();
        String task = belay.task(
                belay.repository("planted"), Script.of("echo 1", "echo 2").write("a", "b\n"));
        List<Json> sound = belay.run("attach", "--json", task).well().lines();
        TaskLog.of(sound).isWhole();
        int call = first(sound, "tool.call");
        int result = first(sound, "tool.result");

        assertRefused(without(sound, call), "has the number");
        assertRefused(with(sound, sound.size(), sound.getLast()), "an end that is not the last event");
        assertRefused(renumbered(without(sound, result)), "calls without a result");
        assertRefused(renumbered(without(sound, call)), "was not begun");
        assertRefused(renumbered(with(sound, result, sound.get(result))), "has two results");
        assertRefused(renumbered(with(sound, call, sound.get(call))), "was begun twice");
        assertRefused(renumbered(with(sound, call, sound.getLast())), "an end that is not the last event");
        assertRefused(without(sound, sound.size() - 1), "no end");
        assertRefused(withEpoch(sound, call, 2), "epoch 1 writes after 2");
    }

    /** As if two runners had held the task at once, and a write of the older had not been refused. */
    private static List<Json> withEpoch(List<Json> events, int index, int epoch) {
        List<Json> other = new ArrayList<>(events);
        other.set(index, put(events.get(index), "epoch", epoch));
        return other;
    }

    private static Json put(Json event, String name, long value) {
        Json.ObjectBuilder copy = Json.object();
        if (event instanceof Json.Obj(var members)) {
            members.forEach(copy::put);
        }
        return copy.put(name, value).build();
    }

    private static void assertRefused(List<Json> events, String why) {
        assertThatThrownBy(() -> TaskLog.of(events).isWhole())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(why);
    }

    private static int first(List<Json> events, String kind) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).text("kind").equals(kind)) {
                return i;
            }
        }
        throw new AssertionError("no " + kind);
    }

    private static List<Json> without(List<Json> events, int index) {
        List<Json> fewer = new ArrayList<>(events);
        fewer.remove(index);
        return fewer;
    }

    private static List<Json> with(List<Json> events, int index, Json another) {
        List<Json> more = new ArrayList<>(events);
        more.add(index, another);
        return more;
    }

    /** So that only the fault itself can be what is seen. */
    private static List<Json> renumbered(List<Json> events) {
        List<Json> again = new ArrayList<>();
        for (Json event : events) {
            again.add(put(event, "seq", again.size() + 1));
        }
        return again;
    }

    private static Script script() {
        Script script = new Script();
        for (int call = 1; call <= CALLS; call++) {
            script.bash(command(Integer.toString(call)));
        }
        return script;
    }

    private static String command(String line) {
        return "echo " + line + " >>log; sleep 0.2";
    }

    /** When it lives: one that is just coming back is not killed a second time for the same death. */
    private static void dies(Belay belay, String name) {
        LocalSystem system = LocalSystem.of(belay);
        LocalSystem.until(name + " lives", () -> LocalSystem.works(system.pid(name)));
        system.kill(name);
    }

    private static void pause(int millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
