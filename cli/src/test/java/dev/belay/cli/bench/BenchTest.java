package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.bench.Row.NotMeasured;
import dev.belay.cli.bench.Row.Verdict;
import dev.belay.cli.local.ScratchSystem;
import dev.belay.cli.local.StandIns;
import dev.belay.cli.terminal.Interrupts;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verb and its rounds, with a client that is made up. No test depends on how fast this machine is. */
class BenchTest {
    private static final Figure ONE = Figure.withoutTarget("one", "one", "ms");
    private static final Figure TWO = Figure.withoutTarget("two", "two", "ms");

    @TempDir
    Path folder;

    private Path home;
    private Console console;

    @BeforeEach
    void distribute() throws IOException {
        home = StandIns.make(folder.resolve("home"));
        console = new Console(folder).env("BELAY_HOME", home.toString()).env("PATH", System.getenv("PATH"));
    }

    private void client(String script) throws IOException {
        StandIns.executable(home.resolve("bin/belay"), "#!/bin/sh\n" + script + "\n");
    }

    @FunctionalInterface
    private interface Measuring {
        Map<Figure, Reading> measure() throws IOException;
    }

    private static Round round(List<Figure> figures, Measuring measuring) {
        return new Round() {
            @Override
            public List<Figure> figures() {
                return figures;
            }

            @Override
            public Map<Figure, Reading> measure(Site site, int runs) throws IOException {
                return measuring.measure();
            }
        };
    }

    private List<Row> rows(List<String> wanted, Round... rounds) throws Exception {
        try (ScratchSystem scratch = ScratchSystem.make(console.cli(), "belay-bench-test-", "project", Map.of())) {
            return new Bench(List.of(rounds))
                    .rows(new Site(scratch), 5, wanted, console.cli().screen());
        }
    }

    private static Map<Figure, Reading> reading(Figure figure) {
        return Map.of(figure, Reading.of(Sample.of(List.of(1.0)), ""));
    }

    @Test
    void every_row_has_a_name_of_its_own_and_says_whether_it_has_a_target() {
        List<Figure> figures = Bench.ofBelay().rounds().stream()
                .flatMap(round -> round.figures().stream())
                .toList();

        assertThat(figures).extracting(Figure::name).doesNotHaveDuplicates();
        assertThat(figures)
                .filteredOn(figure -> figure.target().isPresent())
                .extracting(figure ->
                        figure.name() + " " + figure.target().orElseThrow().bound())
                .containsExactly(
                        "cli-version 100.0",
                        "cli-ps 160.0",
                        "policy-hosts 200000.0",
                        "policy-paths 200000.0",
                        "policy-commands 5000.0",
                        "tool-call-added 2.0",
                        "turn-overhead 10.0",
                        "tool-call-docker 2.0",
                        "submit-assigned 20.0",
                        "submit-first-command 60.0",
                        "memory-per-task 40.0",
                        "gateway-latency 1.0",
                        "gateway-connections 200.0",
                        "gateway-throughput 80.0",
                        "runner-resume 35000.0",
                        "fleet-assignments 2000.0",
                        "fleet-events 50000.0");
        assertThat(figures)
                .filteredOn(figure -> figure.target().isPresent())
                .allSatisfy(figure ->
                        assertThat(figure.target().orElseThrow().from()).startsWith("design section 9, “"));
    }

    @Test
    void an_unknown_row_is_a_named_error_before_anything_is_started() {
        Console.Outcome outcome = console.run("bench", "--rows", "cli-version,cli-pss");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("error[E_USAGE] the bench has no row cli-pss")
                .contains("cli-ps")
                .contains("memory-per-task");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"--runs 4|--runs must be 5 or more", "--json --markdown|--json and --markdown exclude each other"})
    void options_that_make_no_sense_are_named_errors(String options, String what) {
        List<String> words = new ArrayList<>(List.of("bench"));
        words.addAll(List.of(options.split(" ")));

        Console.Outcome outcome = console.run(words.toArray(String[]::new));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains(what);
    }

    @Test
    void a_run_of_one_row_measures_it_and_starts_no_server() throws IOException {
        client("exit 0");

        Console.Outcome outcome = console.run("bench", "--rows", "cli-version", "--runs", "5", "--json");

        Json row = Json.parse(outcome.out()).get("rows").items().getFirst();
        assertThat(row.text("name")).isEqualTo("cli-version");
        assertThat(row.number("n")).isEqualTo(5);
        assertThat(row.decimal("median")).isPositive();
        assertThat(row.text("yardstick")).isEqualTo("java -version of the same JDK");
        assertThat(row.decimal("yardstick_median")).isPositive();
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).contains("measuring cli-version").doesNotContain("starting");
    }

    @Test
    void a_missed_target_fails_the_command_only_where_that_was_asked_for() throws IOException {
        client("sleep 0.15");

        Console.Outcome told = console.run("bench", "--rows", "cli-version", "--runs", "5");
        Console.Outcome checked = console.run("bench", "--rows", "cli-version", "--runs", "5", "--check");

        assertThat(told.exit()).isZero();
        assertThat(checked.exit()).isEqualTo(1);
        assertThat(told.out()).contains("✗ belay version").contains("≤ 100 ms").contains("machine: ");
        assertThat(told.err()).contains("missed: cli-version");
    }

    @Test
    void a_row_that_cannot_be_measured_is_told_with_its_reason_and_fails_the_command() throws IOException {
        client("exit 3");

        Console.Outcome outcome = console.run("bench", "--rows", "cli-version", "--runs", "5");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("not measured: cli-version").contains("ended with exit code 3");
    }

    @Test
    void markdown_is_nothing_but_the_table_and_what_belongs_to_it() throws IOException {
        client("exit 0");

        Console.Outcome outcome = console.run("bench", "--rows", "cli-version", "--runs", "5", "--markdown");

        assertThat(outcome.out()).startsWith("| what | median |").contains("| belay version | **");
    }

    @Test
    void a_round_that_fails_does_not_keep_the_others_from_theirs() throws Exception {
        List<Row> rows = rows(
                List.of(),
                round(List.of(ONE), () -> {
                    throw new IOException("the disk is full");
                }),
                round(List.of(TWO), () -> reading(TWO)));

        assertThat(rows).extracting(Row::verdict).containsExactly(Verdict.NOT_MEASURED, Verdict.NO_TARGET);
        assertThat(rows.getFirst().outcome()).isEqualTo(new NotMeasured("the disk is full"));
    }

    @Test
    void a_named_error_keeps_its_why() throws Exception {
        List<Row> rows = rows(List.of(), round(List.of(ONE), () -> {
            throw BelayException.of(
                    ErrorCode.E_NO_RUNNER, "the runner ended", "no bwrap (layer: runner)", "belay doctor");
        }));

        assertThat(rows.getFirst().outcome()).isEqualTo(new NotMeasured("the runner ended: no bwrap (layer: runner)"));
    }

    @Test
    void a_round_that_answers_for_one_figure_of_two_is_found_out() throws Exception {
        List<Row> rows = rows(List.of(), round(List.of(ONE, TWO), () -> reading(ONE)));

        assertThat(rows).extracting(Row::verdict).containsExactly(Verdict.NO_TARGET, Verdict.NOT_MEASURED);
    }

    @Test
    void ctrl_c_in_a_round_ends_the_bench_whatever_the_round_makes_of_it() throws Exception {
        CompletableFuture<Runnable> ctrlC = new CompletableFuture<>();
        client("exit 0");
        Round hit = round(List.of(ONE), () -> {
            ctrlC.join().run();
            throw new IOException("closed by interrupt");
        });
        Round next = round(List.of(TWO), () -> {
            throw new AssertionError("the bench went on");
        });

        try (ScratchSystem scratch = ScratchSystem.make(console.cli(), "belay-bench-test-", "project", Map.of())) {
            Interrupts interrupts = action -> {
                ctrlC.complete(action);
                return () -> {};
            };
            assertThat(scratch.during(
                            interrupts,
                            () -> new Bench(List.of(hit, next))
                                    .rows(
                                            new Site(scratch),
                                            5,
                                            List.of(),
                                            console.cli().screen())))
                    .isFalse();
        }
    }

    @Test
    void a_missing_yardstick_is_said_and_nothing_is_started_for_a_row_that_needs_it() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        console.env("PATH", empty.toString());
        client("exit 0");

        Console.Outcome outcome = console.run("bench", "--rows", "gateway-throughput", "--json");

        Json row = Json.parse(outcome.out()).get("rows").items().getFirst();
        assertThat(row.text("verdict")).isEqualTo("not_measured");
        assertThat(row.text("reason")).isEqualTo("tinyproxy is not installed (apt-get install tinyproxy)");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).doesNotContain("starting");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sandbox-start-namespace|bwrap is not installed (apt-get install bubblewrap)",
                "sandbox-start-docker|there is no engine of Docker's at /nowhere/docker.sock"
            })
    void an_engine_that_is_not_there_is_said_and_is_no_failure(String row, String reason) throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        console.env("PATH", empty.toString()).env("BELAY_DOCKER", "unix:///nowhere/docker.sock");

        Console.Outcome outcome = console.run("bench", "--rows", row, "--json", "--check");

        Json told = Json.parse(outcome.out()).get("rows").items().getFirst();
        assertThat(told.text("verdict")).isEqualTo("absent");
        assertThat(told.text("reason")).isEqualTo(reason);
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).doesNotContain("starting");
    }

    @Test
    void only_rounds_that_have_a_wanted_row_are_made() throws Exception {
        List<Row> rows = rows(
                List.of("two"),
                round(List.of(ONE), () -> {
                    throw new AssertionError("nobody asked for it");
                }),
                round(List.of(TWO), () -> reading(TWO)));

        assertThat(rows).extracting(row -> row.figure().name()).containsExactly("two");
    }
}
