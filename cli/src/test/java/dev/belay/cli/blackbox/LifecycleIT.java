package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * The local system's beginning, its end, and the deaths from which nothing brings it back by itself; each test has a system
 * of its own. Those from which it comes back are SupervisionIT's.
 */
class LifecycleIT {
    @Test
    void run_starts_the_system_and_says_so_and_down_leaves_nothing_and_up_finds_the_tasks_again() {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("ps").refused("E_UNREACHABLE", 9);
            assertThat(belay.state())
                    .as("a command that only looks makes nothing")
                    .doesNotExist();
            assertThat(belay.run("down").well().out()).isEqualTo("nothing was running\n");

            Result run = belay.at(shop)
                    .run("run", "--model", new Script().write("a", "b\n").in(belay), "begin")
                    .well();
            assertThat(run.err().lines().filter(line -> line.contains("starting a local controller and runner")))
                    .singleElement()
                    .asString()
                    .contains(belay.state().toString(), "belay down stops them");
            assertThat(belay.run("up").well().err())
                    .as("up where it is up starts nothing")
                    .doesNotContain("starting");
            String task = belay.run("ps", "-q").well().said();

            assertThat(belay.run("down", "--json").well().json().get("stopped").items().stream()
                            .map(Json::text))
                    .containsExactlyInAnyOrder("controller", "runner");
            assertThat(Leftovers.afterTheEndOf(belay.state()))
                    .satisfies(left -> assertThat(left.isEmpty()).as("%s", left).isTrue());
            belay.run("ps").refused("E_UNREACHABLE", 9);

            assertThat(belay.run("up").well().out()).startsWith("ready at http://127.0.0.1:");
            assertThat(belay.run("show", "--json", task).well().json().text("state"))
                    .isEqualTo("succeeded");
            assertThat(belay.run("exec", task, "--", "cat", "a").well().out()).isEqualTo("b\n");
            assertOwnerOnly(belay);
        }
    }

    private static void assertOwnerOnly(Belay belay) {
        for (String secret : new String[] {"controller/token", "controller/runner-token"}) {
            try {
                assertThat(Files.getPosixFilePermissions(belay.state().resolve(secret)))
                        .as(secret)
                        .allMatch(permission -> permission.name().startsWith("OWNER"));
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }
    }

    @Test
    void a_runner_killed_with_its_supervisor_is_no_hang_and_no_lie_and_up_brings_another() throws Exception {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String length = "8642" + ProcessHandle.current().pid();
            String task = belay.handOver(shop, new Script().write("a", "b\n").bash("sleep " + length));
            try (Running watch = belay.start("attach", "--json", task)) {
                watch.untilItSays("sleep " + length);

                LocalSystem.of(belay).killSupervisor("runner");

                assertThat(belay.run("ps").well().out()).contains(task.substring(0, 6));
                belay.run("wait", "--timeout", "2s", task).refused("E_TIMEOUT", 124);
                assertThat(belay.run("status").well().out()).containsPattern("gone|none is connected");
                assertThat(belay.at(shop).run("up").well().out()).startsWith("ready at");
                assertThat(belay.run("status").well().out()).contains("local-1 connected");
                assertThat(belay.run("snapshots", task).well().out()).contains("s1 ");
                belay.run("cancel", task);
                // Cancelled, or done before that: the other runner may have gone on with it.
                int end = belay.run("wait", "--timeout", "60s", task).exit();
                assertThat(end).as("a lost task comes to an end").isIn(0, 1);
                assertThat(watch.end().exit()).isEqualTo(end);
            }
            assertThat(Leftovers.naming("sleep\0" + length))
                    .as("what the killed runner had started")
                    .isEmpty();
        }
    }

    @Test
    void a_controller_killed_with_its_supervisor_is_said_in_seconds_and_up_brings_the_tasks_back() throws Exception {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            String ended = belay.task(shop, new Script().write("a", "b\n"));
            String length = "8643" + ProcessHandle.current().pid();
            String live = belay.handOver(shop, Script.of("sleep " + length));
            try (Running watch = belay.start("attach", "--json", live)) {
                watch.untilItSays("sleep " + length);

                LocalSystem.of(belay).killSupervisor("controller");

                belay.run("ps").refused("E_UNREACHABLE", 9);
                belay.run("wait", live).refused("E_UNREACHABLE", 9);
                Result seen = watch.end().refused("E_UNREACHABLE", 9);
                assertThat(seen.err()).contains("the task goes on without this terminal", "belay attach ");
            }
            belay.run("up").well();
            assertThat(belay.run("show", "--json", ended).well().json().text("state"))
                    .isEqualTo("succeeded");
            assertThat(belay.run("exec", ended, "--", "cat", "a").well().out()).isEqualTo("b\n");
        }
    }
}
