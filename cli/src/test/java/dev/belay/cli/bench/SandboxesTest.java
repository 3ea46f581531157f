package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.Console;
import dev.belay.cli.local.Launch;
import dev.belay.cli.local.ScratchSystem;
import dev.belay.cli.local.StandIns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rows on sandboxes read and compute, and how what they start is ended. Engines and yardsticks are made up. */
@Timeout(60)
class SandboxesTest {
    @TempDir
    Path folder;

    private Console console;

    @BeforeEach
    void distribute() throws IOException {
        Path home = StandIns.make(folder.resolve("home"));
        Files.createDirectories(folder.resolve("bin"));
        console = new Console(folder)
                .env("BELAY_HOME", home.toString())
                .env("BELAY_DOCKER", "unix://" + folder.resolve("docker.sock"))
                .env("PATH", folder.resolve("bin").toString());
    }

    private void program(String name, String script) throws IOException {
        StandIns.executable(folder.resolve("bin").resolve(name), "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n");
    }

    private void runner(String script) throws IOException {
        StandIns.executable(
                folder.resolve("home/libexec/belay-runner"), "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n");
    }

    private Trial trial() throws IOException {
        return Trial.of(Launch.of(console.cli()).withNamespaces(), 3);
    }

    @FunctionalInterface
    private interface Use {
        void of(Site site) throws IOException, InterruptedException;
    }

    private void onSite(Use use) throws IOException, InterruptedException {
        try (ScratchSystem scratch = ScratchSystem.make(console.cli(), "belay-bench-test-", "project", Map.of())) {
            use.of(new Site(scratch));
        }
    }

    private String others() throws IOException, InterruptedException {
        try (ScratchSystem scratch = ScratchSystem.make(console.cli(), "belay-bench-test-", "project", Map.of())) {
            return OtherSandboxes.told(new Site(scratch), 5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "100, 10",
        "100 200 400, 5 10 10",
        "10 20 30 40 50 60 70 80 90 100, 100 100 100 100 100 100 100 100 100 100",
        "10 20 30 40 50 60 70 80 90 100 110 120 130 140 150 160 170 180 190 200 999, "
                + "100 100 100 100 100 100 100 100 100 100"
    })
    void rates_are_those_of_up_to_ten_stretches_of_the_same_count(String ended, String rates) {
        Sample sample = NamespaceSandboxes.rates(numbers(ended));

        assertThat(sample.sorted()).isEqualTo(numbers(rates));
    }

    private static List<Double> numbers(String text) {
        return Arrays.stream(text.split(" ")).map(Double::valueOf).toList();
    }

    @Test
    void a_trial_is_asked_line_by_line_in_a_room_of_the_engine_that_was_named() throws Exception {
        runner("""
                echo "$* $BELAY_ENGINE" > "$BELAY_STATE/asked"
                while read -r what count; do
                  echo "$what $count" >> "$BELAY_STATE/asked"
                  case $what in
                    idle) echo '{"pids":[[1,2],[3]]}' ;;
                    *) echo '{"ms":[1.5,2]}' ;;
                  esac
                done""");
        Files.createDirectories(console.state());

        try (Trial trial = trial()) {
            assertThat(trial.starts(2).sorted()).containsExactly(1.5, 2.0);
            assertThat(trial.millis("turns", 7)).containsExactly(1.5, 2.0);
            assertThat(trial.idle(2)).containsExactly(List.of(1L, 2L), List.of(3L));
        }

        assertThat(Files.readAllLines(console.state().resolve("asked")))
                .satisfies(lines -> assertThat(lines.getFirst()).endsWith("--slots 3 --trial namespace"))
                .endsWith("starts 5", "starts 2", "turns 7", "idle 2");
    }

    @Test
    void what_an_engine_could_not_do_is_the_reason_of_its_rows() throws Exception {
        runner("read -r what; echo '{\"failed\":\"sandbox 1 did not start: no answer\"}'; read -r what");

        try (Trial trial = trial()) {
            assertThatThrownBy(() -> trial.starts(1))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(AbsentException.class)
                    .hasMessage("sandbox 1 did not start: no answer");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "error[E_NO_BUBBLEWRAP] bubblewrap is not installed|true|bubblewrap is not installed: no bwrap",
                "error[E_SANDBOX] there is no place|false|there is no place: no bwrap",
                "Segmentation fault|false|the trial of an engine ended without an answer: Segmentation fault   why: no bwrap"
            })
    void a_trial_that_does_not_begin_says_why(String error, boolean absent, String reason) throws Exception {
        runner("echo '" + error + "' >&2; echo '  why: no bwrap' >&2; exit 1");

        try (Trial trial = trial()) {
            assertThatThrownBy(() -> trial.starts(1))
                    .isInstanceOf(absent ? AbsentException.class : IOException.class)
                    .hasMessage(reason);
        }
    }

    @Test
    void a_trial_that_is_closed_has_ended_and_so_has_what_cleans_up_after_it() throws Exception {
        runner("""
                (read -r end < "$BELAY_STATE/end"; sleep 0.2; touch "$BELAY_STATE/cleaned") <&- >&- 2>&- &
                read -r what; echo '{"ms":[1]}'; cat; echo over > "$BELAY_STATE/end\"""");
        Files.createDirectories(console.state());
        assertThat(new ProcessBuilder("mkfifo", console.state().resolve("end").toString())
                        .start()
                        .waitFor())
                .isZero();

        try (Trial trial = trial()) {
            trial.millis("calls", 1);
        }

        assertThat(console.state().resolve("cleaned")).exists();
    }

    @Test
    void whoever_waits_for_a_measurement_can_be_interrupted_and_it_ends_then() throws Exception {
        runner("read -r what; touch \"$BELAY_STATE/measuring\"; cat; touch \"$BELAY_STATE/ended\"");
        Files.createDirectories(console.state());
        AtomicReference<Exception> met = new AtomicReference<>();
        Thread measuring = Thread.ofVirtual().start(() -> {
            try (Trial trial = trial()) {
                trial.millis("turns", 1);
            } catch (IOException | InterruptedException failed) {
                met.set(failed);
            }
        });
        while (!Files.exists(console.state().resolve("measuring"))) {
            assertThat(measuring.isAlive()).isTrue();
            Thread.onSpinWait();
        }

        measuring.interrupt();
        measuring.join();

        assertThat(met.get()).isInstanceOf(InterruptedException.class);
        assertThat(console.state().resolve("ended")).exists();
    }

    @Test
    void sandboxes_of_others_are_told_where_they_work_and_spoil_nothing() throws Exception {
        assertThat(others()).isEqualTo("srt is not installed; codex is not installed");

        program("srt", "[ \"$*\" = /bin/true ]");
        program("codex", "exit 3");

        assertThat(others()).matches("srt /bin/true takes [0-9.]+ ms; codex does not work here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sandbox /bin/true", "sandbox linux /bin/true"})
    void codex_is_asked_in_the_words_that_its_version_has(String words) throws Exception {
        program("codex", "[ \"$*\" = '" + words + "' ]");

        assertThat(others()).matches("srt is not installed; codex " + words + " takes [0-9.]+ ms");
    }

    @Test
    void without_an_engine_a_command_or_an_image_dockers_rows_are_absent_by_name() throws Exception {
        onSite(site -> assertThatThrownBy(() -> Docker.needed(site))
                .isInstanceOf(AbsentException.class)
                .hasMessage("there is no engine of Docker's at " + folder.resolve("docker.sock")));

        Files.createFile(folder.resolve("docker.sock"));
        onSite(site -> assertThatThrownBy(() -> Docker.needed(site))
                .isInstanceOf(AbsentException.class)
                .hasMessage("there is no docker on the PATH"));

        program("docker", "echo; echo \"no such image: $6\" | tr e e >&2; exit 1");
        console.env("BELAY_IMAGE", "some/other");
        onSite(site -> assertThatThrownBy(() -> Docker.needed(site))
                .isInstanceOf(AbsentException.class)
                .hasMessageContaining("does not serve some/other: no such image"));
    }

    @Test
    void dockers_command_is_words_for_a_shell_whatever_is_in_them() throws Exception {
        program("docker", "for word; do printf '[%s]' \"$word\"; done; echo");
        Docker docker = new Docker(folder.resolve("bin/docker"), Path.of("/a b/it's.sock"), "belay/base");

        Process shell = new ProcessBuilder("/bin/sh", "-c", docker.run("/bin/true")).start();

        assertThat(shell.inputReader().readLine())
                .isEqualTo("[-H][unix:///a b/it's.sock][run][--rm][--network][none][belay/base][/bin/true]");
        assertThat(shell.waitFor()).isZero();
    }

    @Test
    void a_container_stays_until_it_is_closed() throws Exception {
        program("docker", "cat; touch " + folder.resolve("ended"));
        Docker docker = new Docker(folder.resolve("bin/docker"), folder.resolve("docker.sock"), "belay/base");

        try (Docker.Container container = docker.begin()) {
            assertThat(container.exec("/bin/true"))
                    .contains("'exec' 'belay-bench-")
                    .endsWith("' '/bin/true'");
            assertThat(folder.resolve("ended")).doesNotExist();
        }

        assertThat(folder.resolve("ended")).exists();
    }

    @Test
    void a_container_that_does_not_start_is_said() throws Exception {
        program("docker", "read -r line; exit 125");
        Docker docker = new Docker(folder.resolve("bin/docker"), folder.resolve("docker.sock"), "belay/base");

        assertThatThrownBy(docker::begin).hasMessage("a container of belay/base does not start");
    }

    @Test
    void the_memory_of_processes_is_their_sum_and_one_that_has_ended_holds_nothing() throws Exception {
        Process ended = new ProcessBuilder("/bin/true").start();
        ended.waitFor();
        long own = ProcessHandle.current().pid();

        Footprint footprint = Footprint.of("all", List.of(own, ended.pid()));

        assertThat(footprint.megabytes()).isPositive();
        assertThat(footprint.shared() + footprint.whole()).isEqualTo(1);
        assertThat(Footprint.of("all", List.of()).megabytes()).isZero();
    }
}
