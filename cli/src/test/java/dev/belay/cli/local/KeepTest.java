package dev.belay.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.StateFolder;
import dev.belay.cli.http.Pause;
import dev.belay.cli.server.Supervised;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The supervisor alone, with shell scripts as what it keeps. */
@Timeout(60)
class KeepTest {
    private static final Path KEEP = Path.of("src/main/dist/libexec/belay-keep").toAbsolutePath();
    /** Waits of 10 to 40 ms; a life of 30 s settles; five lives of less than 10 s are enough. */
    private static final String QUICKLY = "0.01:0.04:30:10:5";

    private static final String SLOWLY = "600:600:600:10:5";

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() {
        for (Process keeper : started) {
            keeper.descendants().forEach(ProcessHandle::destroyForcibly);
            keeper.destroyForcibly();
        }
    }

    private Process keep(String pace, String script) throws IOException {
        StateFolder.make(folder.resolve("local"));
        ProcessBuilder builder = new ProcessBuilder(
                        KEEP.toString(),
                        "--name",
                        "thing",
                        "--again",
                        again().toString(),
                        "--status",
                        Supervised.file(new StateFolder(folder), "thing").toString(),
                        "--",
                        "/bin/sh",
                        "-c",
                        script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("BELAY_KEEP_PACE", pace);
        Process keeper = builder.start();
        started.add(keeper);
        return keeper;
    }

    private Path again() {
        return folder.resolve("local/thing.again");
    }

    private void good() throws IOException {
        StateFolder.make(folder.resolve("local"));
        Files.writeString(again(), "");
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
    }

    private boolean isTold(String state) {
        return Supervised.read(new StateFolder(folder), "thing")
                .filter(told -> told.state().equals(state))
                .isPresent();
    }

    private Supervised told() {
        return Supervised.read(new StateFolder(folder), "thing").orElseThrow();
    }

    private static int codeOf(Process process) throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Pause.real().pause(Duration.ofMillis(5));
        }
    }

    private long count(String file) {
        try {
            return Files.exists(folder.resolve(file))
                    ? Files.readAllLines(folder.resolve(file)).size()
                    : 0;
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private static boolean works(long pid) {
        Path stat = Path.of("/proc/" + pid + "/stat");
        try {
            return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
        } catch (IOException ended) {
            return false;
        }
    }

    @Test
    void what_is_killed_is_started_again_and_the_log_says_when_and_why() throws Exception {
        good();
        keep(QUICKLY, "echo x >> lives; exec sleep 1000");
        until("it runs", () -> count("lives") == 1 && isTold("running"));
        long first = told().pid();

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        until("it runs again", () -> count("lives") == 2 && told().pid() != 0 && told().pid() != first);
        assertThat(told().restarts()).isEqualTo(1);
        assertThat(told().history()).isEqualTo("restarted once, last: killed by signal 9");
        assertThat(told().isSupervised()).isTrue();
        assertThat(log())
                .matches("(?s)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ belay-keep: the thing \\(pid " + first
                        + ", [\\d.]+ s old\\) was killed by signal 9; it is started again in 0.01 s\n");
    }

    @ParameterizedTest
    @CsvSource({"exit 1,1", "exit 3,3", "exit 9,9", "kill -11 $$,139"})
    void a_first_start_that_fails_is_not_tried_again(String death, int code) throws Exception {
        assertThat(codeOf(keep(QUICKLY, "echo x >> lives; " + death))).isEqualTo(code);

        assertThat(count("lives")).isEqualTo(1);
        assertThat(log()).contains("before it was ready");
        assertThat(told().isSupervised()).isFalse();
    }

    @Test
    void once_it_was_ready_its_end_is_no_longer_the_end_and_the_file_says_what_the_next_one_gets() throws Exception {
        keep(QUICKLY, "echo \"$PORT\" >> lives; exec sleep 1000");
        until("it runs", () -> count("lives") == 1 && isTold("running"));
        Files.writeString(again(), "PORT=7070\nOTHER=a b=c\n");

        ProcessHandle.of(told().pid()).orElseThrow().destroyForcibly();

        until("it runs again", () -> count("lives") == 2);
        assertThat(folder.resolve("lives")).hasContent("\n7070\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 6, 126, 127})
    void what_refuses_for_good_is_not_started_again(int code) throws Exception {
        good();

        assertThat(codeOf(keep(QUICKLY, "echo x >> lives; exit " + code))).isEqualTo(code);

        assertThat(count("lives")).isEqualTo(1);
        assertThat(told().state()).isEqualTo("refused");
        assertThat(log()).contains("ended with code " + code + ", which another start would not change");
    }

    @ParameterizedTest
    @CsvSource({"exit 0,0", "exit 143,143", "exit 130,130", "kill -TERM $$,143", "kill -INT $$,130"})
    void what_somebody_asked_to_end_is_not_started_again(String death, int code) throws Exception {
        good();

        assertThat(codeOf(keep(QUICKLY, "echo x >> lives; " + death))).isEqualTo(code);

        assertThat(count("lives")).isEqualTo(1);
        assertThat(told().state()).isEqualTo("ended");
    }

    @Test
    void what_dies_at_once_again_and_again_is_given_up_and_the_waits_grow_up_to_their_most() throws Exception {
        good();

        assertThat(codeOf(keep(QUICKLY, "echo x >> lives; exit 1"))).isEqualTo(1);

        assertThat(count("lives")).isEqualTo(5);
        assertThat(told().state()).isEqualTo("gave up");
        assertThat(told().history()).isEqualTo("restarted 4 times, last: ended with code 1; its supervisor gave up");
        assertThat(log())
                .containsSubsequence("again in 0.01 s", "again in 0.02 s", "again in 0.04 s", "again in 0.04 s")
                .contains("that was 5 times in a row within 10 s of its start, so it stays ended until `belay up`");
    }

    @Test
    void an_error_that_it_spoke_is_told_with_its_end() throws Exception {
        good();
        // Of an earlier life, and of this one; what could break a line of JSON is not passed on.
        keep(
                SLOWLY,
                "echo 'error[E_OLD] old' >&2; echo x >> lives;"
                        + " printf 'error[E_PORT_IN_USE] port \"7070\" is\\\\in \\303\\274se\\n  why: x\\n' >&2; exit 9");
        until("it waits", () -> isTold("waiting"));

        assertThat(told().history()).isEqualTo("last: ended with code 9: error[E_PORT_IN_USE] port ?7070? is?in ??se");
        assertThat(log())
                .contains("ended with code 9: error[E_PORT_IN_USE] port ?7070? is?in ??se; it is started again");
    }

    @Test
    void a_long_life_forgets_the_waits_and_is_never_given_up() throws Exception {
        good();
        // Every life is long: it settles, and is not quick.
        keep("0.01:5:0:0:2", "echo x >> lives; exit 1");

        until("it was started often", () -> count("lives") >= 6);

        assertThat(log()).doesNotContain("again in 0.02 s", "stays ended");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void a_signal_is_passed_on_and_the_end_is_waited_for(String signal) throws Exception {
        good();
        Process keeper = keep(
                QUICKLY,
                "trap 'sleep 0.3; echo tidy >> lives; exit 5' " + signal
                        + "; echo x >> lives; while :; do sleep 0.05; done");
        until("it runs", () -> count("lives") == 1 && isTold("running"));

        signal(keeper.pid(), signal);

        assertThat(codeOf(keeper)).as("the code is its own").isEqualTo(5);
        assertThat(folder.resolve("lives")).hasContent("x\ntidy\n");
        assertThat(told().state()).isEqualTo("ended");
    }

    @Test
    void a_signal_at_any_moment_of_a_start_ends_it() throws Exception {
        good();
        for (int i = 0; i < 20; i++) {
            Process keeper = keep(QUICKLY, "exec sleep 1000");
            // Before the first look at signals, between fork and exec, or after it: whenever this comes.
            Pause.real().pause(Duration.ofMillis(i));
            keeper.destroy();

            assertThat(keeper.waitFor(10, TimeUnit.SECONDS))
                    .as("ended, round %d", i)
                    .isTrue();
            assertThat(keeper.exitValue()).isEqualTo(143);
        }
    }

    @Test
    void asked_to_end_while_it_waits_it_starts_nothing_more() throws Exception {
        good();
        Process keeper = keep(SLOWLY, "echo x >> lives; exit 1");
        until("it waits", () -> count("lives") == 1 && isTold("waiting"));

        keeper.destroy();

        assertThat(codeOf(keeper)).isEqualTo(143);
        assertThat(count("lives")).isEqualTo(1);
    }

    @Test
    void what_it_keeps_does_not_outlive_it() throws Exception {
        good();
        Process keeper = keep(QUICKLY, "trap '' TERM INT HUP; echo x >> lives; while :; do sleep 0.05; done");
        until("it runs", () -> count("lives") == 1 && isTold("running"));
        long kept = told().pid();
        assertThat(works(kept)).isTrue();

        keeper.destroyForcibly();

        until("it is gone", () -> !works(kept));
        assertThat(told().isSupervised()).isFalse();
    }

    @Test
    void it_costs_little_and_tells_only_its_owner() throws Exception {
        good();
        Process keeper = keep(QUICKLY, "umask > mask; echo x >> lives; exec sleep 1000");
        until("it runs", () -> count("lives") == 1 && isTold("running"));

        String status = Files.readString(Path.of("/proc/" + keeper.pid() + "/status"));
        long kib = Long.parseLong(status.replaceFirst("(?s).*VmRSS:\\s*(\\d+) kB.*", "$1"));
        assertThat(kib).isLessThan(10_000);
        assertThat(Files.getPosixFilePermissions(Supervised.file(new StateFolder(folder), "thing")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(Files.readString(folder.resolve("mask")).strip())
                .as("its own habits are not passed on")
                .isNotEqualTo("0077");
    }

    @Test
    void a_bad_pace_is_named() throws Exception {
        assertThat(codeOf(keep("soon", "echo x >> lives"))).isEqualTo(2);

        assertThat(log()).contains("error[E_USAGE] BELAY_KEEP_PACE=soon is not usable");
        assertThat(count("lives")).isZero();
    }

    private static void signal(long pid, String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }
}
