package dev.belay.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Belay;
import dev.belay.cli.Cli;
import dev.belay.cli.Console;
import dev.belay.cli.StateFolder;
import dev.belay.cli.http.Pause;
import dev.belay.cli.server.Supervised;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real processes: a made-up distribution whose controller and runner are stand-ins. */
@Timeout(120)
class LocalServerTest {
    @TempDir
    Path folder;

    private Console console;

    @BeforeEach
    void distribute() throws IOException {
        console = new Console(folder)
                .env("BELAY_HOME", StandIns.make(folder.resolve("home")).toString());
    }

    @AfterEach
    void endWhatIsLeft() throws InterruptedException {
        new LocalServer(patient(), patient().screen()).stop();
    }

    private Cli patient() {
        Cli cli = console.cli();
        return new Cli(
                cli.env(),
                cli.cwd(),
                cli.in(),
                cli.input(),
                cli.screen(),
                cli.clock(),
                cli.interrupts(),
                Pause.real(),
                cli.bindings());
    }

    private int run(String... words) {
        return new Belay(patient()).run(words);
    }

    private List<LocalProcess> recorded() {
        return Roster.of(new StateFolder(console.state())).read();
    }

    private long runnersChild() throws IOException {
        return Long.parseLong(
                Files.readString(console.state().resolve("runner-child")).strip());
    }

    /** A process that ended and was not yet fetched by its parent does nothing any more. */
    private static boolean isWorking(long pid) throws IOException {
        Path stat = Path.of("/proc/" + pid + "/stat");
        return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
    }

    @Test
    void up_starts_both_and_down_leaves_nothing_behind() throws IOException {
        assertThat(run("up")).isZero();
        assertThat(console.printed()).contains("ready at http://127.0.0.1:");
        List<LocalProcess> processes = recorded();
        assertThat(processes).hasSize(2).allMatch(LocalProcess::isAlive);
        long child = runnersChild();

        assertThat(run("status")).isZero();
        assertThat(console.printed()).contains("local-1 connected");
        assertThat(run("down")).isZero();

        assertThat(processes).noneMatch(LocalProcess::isAlive);
        assertThat(isWorking(child)).isFalse();
        assertThat(run("status")).isEqualTo(9);
        assertThat(run("down")).isZero();
        assertThat(console.printed()).endsWith("nothing was running\n");
    }

    @Test
    void a_second_up_finds_what_runs() {
        assertThat(run("up")).isZero();
        List<LocalProcess> first = recorded();

        assertThat(run("up")).isZero();

        assertThat(recorded()).isEqualTo(first);
    }

    @Test
    void ups_at_the_same_time_start_one_server() {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(CompletableFuture.supplyAsync(() -> run("up"), Thread::startVirtualThread));
        }

        assertThat(all).allSatisfy(one -> assertThat(one.join()).isZero());
        assertThat(recorded()).hasSize(2);
        assertThat(console.complained().lines().filter(line -> line.startsWith("starting a local")))
                .hasSize(1);
    }

    @Test
    void a_runner_that_died_is_started_again_beside_the_controller_that_lives() throws Exception {
        assertThat(run("up")).isZero();
        List<LocalProcess> first = recorded();
        first.get(1).end(console.state(), Duration.ofSeconds(5), Pause.real());
        Files.delete(console.state().resolve("runner-is-here"));

        assertThat(run("up")).isZero();

        assertThat(recorded()).hasSize(2).first().isEqualTo(first.getFirst());
        assertThat(recorded().get(1)).isNotEqualTo(first.get(1));
        assertThat(recorded()).allMatch(LocalProcess::isAlive);
    }

    @Test
    void a_controller_that_ends_while_it_starts_shows_the_end_of_its_log() {
        console.env("BELAY_TEST_FAIL", "the disk is full");

        assertThat(run("up")).isEqualTo(9);

        assertThat(console.complained())
                .contains("error[E_UNREACHABLE] the local controller ended while it started")
                .contains("the disk is full")
                .contains("nothing of it was left running");
        assertThat(recorded()).isEmpty();
    }

    @Test
    void a_port_in_use_is_named() {
        console.env("BELAY_TEST_FAIL", "error[E_PORT_IN_USE] port 7070 is in use");

        assertThat(run("up")).isEqualTo(9);
        assertThat(console.complained()).contains("error[E_PORT_IN_USE]").contains("port 7070 is in use");
    }

    @Test
    void a_runner_that_cannot_start_leaves_no_controller_behind() {
        console.env("BELAY_TEST_RUNNER_FAIL", "error[E_NO_USER_NAMESPACES] not allowed here");

        assertThat(run("up")).isEqualTo(1);

        assertThat(console.complained()).contains("error[E_NO_USER_NAMESPACES]");
        assertThat(recorded()).isEmpty();
        assertThat(run("status")).isEqualTo(9);
    }

    @Test
    void a_local_server_of_another_version_is_named_with_the_way_out() {
        console.env("BELAY_TEST_VERSION", "0.2.0");

        run("up");
        assertThat(run("ps")).isEqualTo(9);

        assertThat(console.complained())
                .contains("error[E_SERVER_VERSION] the local server is Belay 0.2.0, this client is 0.1.0")
                .contains("belay down && belay up");
    }

    @Test
    void a_process_that_got_a_recorded_number_is_left_alone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "1000").start();
        try {
            LocalProcess real = LocalProcess.of("controller", stranger.pid());
            LocalProcess recorded = new LocalProcess("controller", real.pid(), real.start() - 1, real.boot());
            StateFolder.make(console.state().resolve("local"));
            Roster.of(new StateFolder(console.state())).write(List.of(recorded));

            assertThat(run("down")).isZero();

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void a_child_that_outlived_its_runner_is_ended_too() throws Exception {
        assertThat(run("up")).isZero();
        ProcessHandle.of(recorded().get(1).pid()).orElseThrow().destroyForcibly();

        assertThat(run("down")).isZero();

        assertThat(isWorking(runnersChild())).isFalse();
    }

    private Supervised told(String name) {
        return Supervised.read(new StateFolder(console.state()), name).orElseThrow();
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Pause.real().pause(Duration.ofMillis(5));
        }
    }

    private static void kill(long pid) throws Exception {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        untilGone(pid);
    }

    private static void untilGone(long pid) throws Exception {
        until("process " + pid + " is gone", () -> {
            try {
                return !isWorking(pid);
            } catch (IOException ended) {
                return true;
            }
        });
    }

    @Test
    void a_controller_that_dies_comes_back_at_its_address_and_a_command_waits_for_it() throws Exception {
        assertThat(run("up")).isZero();
        List<LocalProcess> supervisors = recorded();
        String ready = console.printed();
        long runner = told("runner").pid();

        kill(told("controller").pid());

        assertThat(run("status")).isZero();
        assertThat(console.printed()).contains("controller restarted once, last: killed by signal 9");
        assertThat(run("status", "--json")).isZero();
        assertThat(console.printed()).contains("\"restarts\":1,\"last\":\"killed by signal 9\"");
        assertThat(run("up")).isZero();
        assertThat(console.printed()).endsWith(ready);
        assertThat(recorded()).isEqualTo(supervisors);
        assertThat(told("runner").pid()).isEqualTo(runner);
    }

    @Test
    void an_up_waits_for_what_is_being_restarted_and_starts_nothing_beside_it() throws Exception {
        assertThat(run("up")).isZero();
        List<LocalProcess> supervisors = recorded();
        long runner = told("runner").pid();

        kill(told("controller").pid());

        assertThat(run("up")).isZero();
        assertThat(console.complained()).contains("waiting for the local controller and runner");
        assertThat(recorded()).isEqualTo(supervisors);
        assertThat(told("runner").pid()).isEqualTo(runner);
    }

    @Test
    void a_controller_that_dies_again_and_again_is_given_up_and_commands_say_so_and_up_starts_anew() throws Exception {
        console.env("BELAY_KEEP_PACE", "0.01:0.02:60:10:3");
        assertThat(run("up")).isZero();
        List<LocalProcess> supervisors = recorded();
        Path fails = Files.createFile(console.state().resolve("controller-fails"));

        kill(told("controller").pid());
        assertThat(run("ps")).isEqualTo(9);

        assertThat(console.complained())
                .contains("the local controller ended too often to be started again")
                .contains("restarted 2 times, last: ended with code 1; its supervisor gave up")
                .contains("controller.log");
        assertThat(supervisors.getFirst().isAlive()).isFalse();
        Files.delete(fails);
        assertThat(run("up")).isZero();
        assertThat(recorded()).hasSize(2).allMatch(LocalProcess::isAlive).doesNotContainAnyElementsOf(supervisors);
        assertThat(supervisors).noneMatch(LocalProcess::isAlive);
    }

    @Test
    void down_ends_all_though_the_controller_is_about_to_be_restarted() throws Exception {
        console.env("BELAY_KEEP_PACE", "600:600:600:10:5");
        assertThat(run("up")).isZero();
        List<LocalProcess> supervisors = recorded();
        kill(told("controller").pid());
        until("it waits", () -> told("controller").state().equals("waiting"));

        assertThat(run("down")).isZero();

        assertThat(console.printed()).endsWith("stopped controller and runner\n");
        assertThat(supervisors).noneMatch(LocalProcess::isAlive);
        assertThat(told("controller").isSupervised()).isFalse();
    }

    @Test
    void a_supervisor_that_is_killed_takes_its_process_along_and_up_starts_anew() throws Exception {
        assertThat(run("up")).isZero();
        List<LocalProcess> supervisors = recorded();
        long controller = told("controller").pid();
        long runner = told("runner").pid();

        kill(supervisors.get(1).pid());
        kill(supervisors.get(0).pid());

        untilGone(controller);
        untilGone(runner);
        Files.delete(console.state().resolve("runner-is-here"));
        assertThat(run("ps")).isEqualTo(9);
        assertThat(run("up")).isZero();
        assertThat(recorded()).hasSize(2).allMatch(LocalProcess::isAlive).doesNotContainAnyElementsOf(supervisors);
    }

    @Test
    void a_process_that_got_a_supervisors_number_is_not_waited_for() throws Exception {
        StateFolder state = new StateFolder(console.state());
        StateFolder.make(state.local());
        Files.writeString(
                Supervised.file(state, "controller"),
                "{\"keeper\":" + ProcessHandle.current().pid()
                        + ",\"state\":\"running\",\"pid\":1,\"restarts\":0,\"last\":\"\"}");

        assertThat(run("ps")).isEqualTo(9);

        assertThat(console.complained()).contains("no controller is running here");
    }

    @Test
    void a_session_that_got_a_recorded_number_is_left_alone() throws Exception {
        Process stranger = new ProcessBuilder("setsid", "sleep", "1000").start();
        try {
            LocalProcess real = LocalProcess.of("controller", stranger.pid());
            LocalProcess recorded = new LocalProcess("controller", real.pid(), real.start() - 1, real.boot());
            StateFolder.make(console.state().resolve("local"));
            Roster.of(new StateFolder(console.state())).write(List.of(recorded));

            assertThat(run("down")).isZero();

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void up_refuses_where_a_server_is_named() {
        console.env("BELAY_SERVER", "http://127.0.0.1:1").env("BELAY_TOKEN", "x");

        assertThat(run("up")).isEqualTo(2);
    }

    @Test
    void a_token_of_the_persons_does_not_reach_the_processes() {
        Launch launch = Launch.of(console.env("BELAY_TOKEN", "mine").cli());
        Map<String, String> environment = new java.util.HashMap<>();

        launch.environment(environment);

        assertThat(environment).doesNotContainKey("BELAY_TOKEN").containsEntry("LC_ALL", "C.UTF-8");
        assertThat(Json.array(launch.probeCommand()).print()).contains("libexec/belay-runner");
    }
}
