package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The embedded database, killed while its controller lives. */
class DatabaseDeathIT {
    private static Optional<ProcessHandle> database(Belay belay) {
        Path file = belay.state().resolve("controller/pg/postmaster.pid");
        try {
            return Files.readAllLines(file).stream()
                    .findFirst()
                    .map(line -> Long.parseLong(line.strip()))
                    .filter(LocalSystem::works)
                    .flatMap(ProcessHandle::of);
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    private static void kill(Belay belay) {
        long pid = database(belay).orElseThrow().pid();
        Sh.run("kill", "-9", Long.toString(pid));
    }

    private static long restarts(Belay belay) {
        Result status = belay.run("status", "--json");
        return status.exit() == 0 ? status.json().number("database_restarts") : -1;
    }

    @Test
    void a_killed_database_is_back_with_everything_and_who_watches_sees_a_pause_and_no_more() {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            LocalSystem system = LocalSystem.of(belay);
            long controller = system.pid("controller");
            long runner = system.pid("runner");
            String ended = belay.task(shop, new Script().write("a", "b\n"));
            Script steps = new Script();
            for (int i = 0; i < 40; i++) {
                steps.bash("echo " + i + " >> steps; sleep 0.2");
            }
            String running = belay.handOver(shop, steps);
            try (Running watch = belay.start("attach", "--json", running)) {
                watch.untilItSays("echo 3 >>");

                kill(belay);
                LocalSystem.until("it is back", () -> restarts(belay) == 1);
                String between = belay.handOver(shop, new Script().write("c", "d\n"));
                watch.untilItSays("echo 20 >>");
                kill(belay);
                LocalSystem.until("it is back again", () -> restarts(belay) == 2);

                belay.run("wait", "--timeout", "80s", running).well();
                belay.run("wait", "--timeout", "80s", between).well();
                Result seen = watch.end().well();
                assertThat(seen.lines().stream().mapToLong(event -> event.number("seq")))
                        .as("the watcher saw every event once")
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, show(belay, running).number("last_seq"))
                                        .boxed()
                                        .toList());
                assertThat(TaskLog.of(seen.lines()).isWhole().done()).hasSize(40);
            }
            assertThat(show(belay, running).number("epoch")).isEqualTo(1);
            assertThat(show(belay, ended).text("state")).isEqualTo("succeeded");
            assertThat(belay.run("exec", running, "--", "wc", "-l", "steps")
                            .well()
                            .out())
                    .isEqualTo("40 steps\n");
            assertThat(system.pid("controller")).isEqualTo(controller);
            assertThat(system.pid("runner")).isEqualTo(runner);
            assertThat(belay.run("status").well().out()).contains("restarted twice, last: killed by signal 9");
            assertThat(log(belay))
                    .contains("the embedded PostgreSQL died (killed by signal 9); it is started again")
                    .contains("the embedded PostgreSQL is back on port");
        }
    }

    @Test
    void one_that_dies_again_and_again_ends_its_controller_by_a_name_and_the_next_one_goes_on() {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            LocalSystem system = LocalSystem.of(belay);
            String ended = belay.task(shop, new Script().write("a", "b\n"));

            LocalSystem.until("the controller gives up", () -> {
                if (system.restarts("controller") > 0) {
                    return true;
                }
                database(belay).ifPresent(ProcessHandle::destroyForcibly);
                return false;
            });

            LocalSystem.until("it is back", () -> belay.run("ps").exit() == 0);
            assertThat(belay.run("status", "--json")
                            .well()
                            .json()
                            .get("local")
                            .get("controller")
                            .text("last"))
                    .isEqualTo("ended with code 10: error[E_SETUP] the embedded PostgreSQL died 6 times in a row");
            assertThat(show(belay, ended).text("state")).isEqualTo("succeeded");
            belay.task(shop, new Script().write("c", "d\n"));
        }
    }

    private static String log(Belay belay) {
        try {
            return Files.readString(belay.state().resolve("local/controller.log"));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Json show(Belay belay, String task) {
        return belay.run("show", "--json", task).well().json();
    }
}
