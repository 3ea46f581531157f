package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who restarts whom on a laptop: sudden deaths of the controller, of the runner and of their supervisors. */
class SupervisionIT {
    enum Person {
        WHOEVER_BUILDS,
        AN_ORDINARY_USER;

        Belay belay() {
            return this == AN_ORDINARY_USER ? Belay.ofAnOrdinaryUser() : Belay.fresh();
        }
    }

    static Stream<Person> people() {
        return OrdinaryUser.isRoot() ? Stream.of(Person.values()) : Stream.of(Person.WHOEVER_BUILDS);
    }

    @ParameterizedTest
    @MethodSource("people")
    void a_killed_controller_is_back_with_its_ports_and_its_tasks_and_the_running_one_never_noticed(Person person) {
        try (Belay belay = person.belay()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            LocalSystem system = LocalSystem.of(belay);
            String ended = belay.task(shop, new Script().write("a", "b\n"));
            String running = belay.handOver(shop, Script.of("sleep 6; echo six").write("after", "c\n"));
            Json before = system.controller();
            long runner = system.pid("runner");
            List<Long> database = Leftovers.naming(belay.state() + "/controller/pg");
            assertThat(database).isNotEmpty();
            try (Running watch = belay.start("attach", "--json", running)) {
                watch.untilItSays("sleep 6; echo six");

                system.kill("controller");

                assertThat(belay.run("ps").well().out()).contains(ended.substring(0, 6), running.substring(0, 6));
                assertThat(system.controller().number("pid")).isNotEqualTo(before.number("pid"));
                assertThat(system.controller().number("http_port")).isEqualTo(before.number("http_port"));
                assertThat(system.controller().number("grpc_port")).isEqualTo(before.number("grpc_port"));
                assertThat(database).as("of the killed controller").noneMatch(LocalSystem::works);
                assertThat(belay.run("up").well().out())
                        .endsWith(":" + before.number("http_port") + "   belay status · belay down\n");
                assertThat(belay.run("wait", running).well().out()).startsWith("succeeded");
                assertThat(watch.end().well().lines().stream().mapToLong(event -> event.number("seq")))
                        .as("the watcher saw every event once")
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, show(belay, running).number("last_seq"))
                                        .boxed()
                                        .toList());
            }
            assertThat(system.pid("runner")).isEqualTo(runner);
            assertThat(show(belay, running).number("epoch")).isEqualTo(1);
            assertThat(show(belay, ended).text("state")).isEqualTo("succeeded");
            assertThat(belay.run("exec", running, "--", "cat", "after").well().out())
                    .isEqualTo("c\n");
            assertThat(belay.run("status").well().out())
                    .contains("controller restarted once, last: killed by signal 9");
            assertThat(belay.run("status", "--json")
                            .well()
                            .json()
                            .get("local")
                            .get("controller")
                            .number("restarts"))
                    .isEqualTo(1);
        }
    }

    private static Json show(Belay belay, String task) {
        return belay.run("show", "--json", task).well().json();
    }

    @Test
    void a_killed_runner_is_back_and_the_next_task_works() throws Exception {
        try (Belay belay = Belay.fresh()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            LocalSystem system = LocalSystem.of(belay);
            long controller = system.pid("controller");

            system.kill("runner");

            LocalSystem.until("it is started again", () -> system.restarts("runner") == 1);
            belay.run("up").well();
            String task = belay.task(shop, new Script().write("a", "b\n"));
            assertThat(belay.run("exec", task, "--", "cat", "a").well().out()).isEqualTo("b\n");
            assertThat(system.pid("controller")).isEqualTo(controller);
            assertThat(belay.run("status").well().out()).contains("runner restarted once, last: killed by signal 9");
            assertThat(Files.readString(belay.state().resolve("local/runner.log")))
                    .contains("was killed by signal 9; it is started again in 0.1 s");
        }
    }

    @ParameterizedTest
    @MethodSource("people")
    void killed_supervisors_leave_nothing_behind_and_the_next_command_starts_anew(Person person) {
        try (Belay belay = person.belay()) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            LocalSystem system = LocalSystem.of(belay);
            String length = "8645" + ProcessHandle.current().pid();
            String lost = belay.handOver(shop, Script.of("sleep " + length));
            try (Running watch = belay.start("attach", "--json", lost)) {
                watch.untilItSays("sleep " + length);
            }

            system.killSupervisor("runner");
            system.killSupervisor("controller");

            system.untilNothingIsLeft();
            assertThat(Leftovers.naming("sleep\0" + length)).isEmpty();
            belay.run("ps").refused("E_UNREACHABLE", 9);
            assertThat(belay.at(shop)
                            .run(
                                    "run",
                                    "--model",
                                    new Script().write("a", "b\n").in(belay),
                                    "x")
                            .well()
                            .err())
                    .contains("starting a local controller and runner");
            assertThat(belay.run("status").well().out()).doesNotContain("restarted");
        }
    }

    @Test
    void down_ends_all_at_any_moment_of_a_restart() {
        try (Belay belay = Belay.fresh()) {
            LocalSystem system = LocalSystem.of(belay);
            for (String moment : List.of("waiting", "starting", "with its database")) {
                belay.run("up").well();
                Json before = system.controller();
                system.kill("controller");
                if (!moment.equals("waiting")) {
                    LocalSystem.until("it is started again", () -> system.restarts("controller") == 1);
                }
                if (moment.equals("with its database")) {
                    LocalSystem.until(
                            "it is ready again", () -> system.controller().number("pid") != before.number("pid"));
                }

                belay.run("down").well();

                assertThat(Leftovers.afterTheEndOf(belay.state()))
                        .satisfies(left -> assertThat(left.isEmpty())
                                .as("%s: %s", moment, left)
                                .isTrue());
            }
        }
    }

    @Test
    void a_controller_that_cannot_come_back_is_given_up_and_says_why_and_up_finds_other_ports() throws Exception {
        try (Belay belay = Belay.fresh().with("BELAY_KEEP_PACE", "0.1:0.2:60:30:3")) {
            belay.run("up").well();
            LocalSystem system = LocalSystem.of(belay);
            int port = (int) system.controller().number("http_port");
            system.kill("controller");
            try (ServerSocket _ = taken(port)) {
                LocalSystem.until("it is given up", () -> !LocalSystem.works(system.supervisor("controller")));

                assertThat(belay.run("ps").refused("E_UNREACHABLE", 9).err())
                        .contains("the local controller ended too often to be started again")
                        .contains("error[E_PORT_IN_USE] port " + port + " is in use");
                assertThat(Files.readString(belay.state().resolve("local/controller.log")))
                        .contains(
                                "that was 3 times in a row within 30 s of its start, so it stays ended until `belay up`");

                belay.run("up").well();
                assertThat(system.controller().number("http_port")).isNotEqualTo(port);
            }
        }
    }

    /** The last threads of a killed process hold its sockets a moment longer; its successor needs a second to want it. */
    private static ServerSocket taken(int port) {
        List<ServerSocket> taken = new ArrayList<>();
        LocalSystem.until("port " + port + " is free", () -> {
            try {
                taken.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
        return taken.getFirst();
    }
}
