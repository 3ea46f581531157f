package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.bench.Reading.Yardstick;
import dev.belay.cli.bench.Row.Verdict;
import dev.belay.proto.json.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
    private static final Host HOST =
            new Host(2, "Some CPU", 8_000_000_000L, "Debian GNU/Linux 12", "6.18", "25.0.3", "ann", 0.25);
    private static final Figure PROMISED = Figure.of("call", "one call", "ms", Target.design(2, "one tool call"));
    private static final Figure FREE = Figure.withoutTarget("memory", "memory of all", "MB");

    private static final Row MET = Row.measured(
            PROMISED,
            Reading.beside(new Yardstick("fork", sample(0.5)), Sample.of(List.of(1.0, 2.0, 1.5)), "how it was done"));
    private static final Row MISSED = Row.measured(PROMISED, Reading.of(sample(2.001), ""));
    private static final Row NO_TARGET = Row.measured(FREE, Reading.of(sample(512), ""));
    private static final Row ABSENT = Row.absent(PROMISED, "there is no engine of containers");
    private static final Row NOT_MEASURED = Row.notMeasured(PROMISED, "the runner ended");

    @TempDir
    Path folder;

    private static Sample sample(double value) {
        return Sample.of(List.of(value));
    }

    private static Report report(Row... rows) {
        return new Report(Instant.parse("2026-11-21T12:10:00Z"), HOST, 5, List.of(rows));
    }

    private static Row row(Verdict verdict) {
        return switch (verdict) {
            case MET -> MET;
            case MISSED -> MISSED;
            case NO_TARGET -> NO_TARGET;
            case ABSENT -> ABSENT;
            case NOT_MEASURED -> NOT_MEASURED;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "MET,false,0",
        "MET,true,0",
        "MISSED,false,0",
        "MISSED,true,1",
        "NO_TARGET,true,0",
        "ABSENT,true,0",
        "NOT_MEASURED,false,1",
        "NOT_MEASURED,true,1"
    })
    void the_exit_code_follows_the_verdict(Verdict verdict, boolean check, int exit) {
        assertThat(row(verdict).verdict()).isEqualTo(verdict);
        assertThat(report(MET, row(verdict)).exitCode(check)).isEqualTo(exit);
        assertThat(report(MET, row(verdict)).json(check).number("exit_code")).isEqualTo(exit);
    }

    @Test
    void what_this_machine_has_not_is_told_with_its_reason_and_is_no_complaint() throws Exception {
        Console console = new Console(folder).width(120);
        Report report = report(ABSENT);

        report.print(console.cli().screen());

        Json row = report.json(true).get("rows").items().getFirst();
        assertThat(row.text("verdict")).isEqualTo("absent");
        assertThat(row.text("reason")).isEqualTo("there is no engine of containers");
        assertThat(console.printed())
                .contains("  one call  –       –    –  ≤ 2 ms  –          –\n")
                .contains("\ncall: not measured: there is no engine of containers\n");
        assertThat(console.complained()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1.999,MET", "2,MET", "2.0001,MISSED", "-1,MET"})
    void a_target_is_met_up_to_and_with_its_number(double median, Verdict verdict) {
        assertThat(Row.measured(PROMISED, Reading.of(sample(median), "")).verdict())
                .isEqualTo(verdict);
    }

    @Test
    void the_ratio_is_that_of_the_medians() {
        assertThat(MET.ratio()).hasValue(3);
    }

    @Test
    void without_a_yardstick_or_beside_nothing_there_is_no_ratio() {
        assertThat(MISSED.ratio()).isEmpty();
        assertThat(NOT_MEASURED.ratio()).isEmpty();
        assertThat(Row.measured(PROMISED, Reading.beside(new Yardstick("free", sample(0)), sample(1), ""))
                        .ratio())
                .isEmpty();
    }

    @Test
    void the_names_in_json_are_stable() {
        assertThat(report(MET, NOT_MEASURED).json(true).print()).isEqualTo("""
                {"at":"2026-11-21T12:10:00Z","machine":{"cores":2,"cpu":"Some CPU","memory_bytes":8000000000,\
                "system":"Debian GNU/Linux 12","kernel":"6.18","java":"25.0.3","user":"ann","load":0.25},"runs":5,\
                "rows":[{"name":"call","what":"one call","unit":"ms","verdict":"met","median":1.5,"p95":2,\
                "min":1,"max":2,"n":3,"target":2,"target_from":"design section 9, “one tool call”",\
                "yardstick":"fork","yardstick_median":0.5,"ratio":3,"note":"how it was done","reason":null},\
                {"name":"call","what":"one call","unit":"ms","verdict":"not_measured","median":null,"p95":null,\
                "min":null,"max":null,"n":0,"target":2,"target_from":"design section 9, “one tool call”",\
                "yardstick":null,"yardstick_median":null,"ratio":null,"note":"","reason":"the runner ended"}],\
                "missed":[],"not_measured":["call"],"exit_code":1}""");
    }

    @Test
    void what_was_missed_is_named() {
        Json json = report(MET, MISSED, NO_TARGET).json(false);

        assertThat(json.get("missed").items()).extracting(Json::text).containsExactly("call");
        assertThat(json.get("not_measured").items()).isEmpty();
    }

    @Test
    void people_see_a_table_what_to_know_and_the_machine() throws Exception {
        Console console = new Console(folder).width(120);

        report(MET, MISSED, NO_TARGET, NOT_MEASURED).print(console.cli().screen());

        assertThat(console.printed()).isEqualTo("""
            WHAT             MEDIAN   P95   N  TARGET  YARDSTICK      RATIO
            ✓ one call       1.50 ms  2.00  3  ≤ 2 ms  fork: 0.50 ms  3.00×
            ✗ one call       2.00 ms  2.00  1  ≤ 2 ms  –              –
              memory of all  512 MB   512   1  none    –              –
            ? one call       –        –     –  ≤ 2 ms  –              –

            call: how it was done
            call: not measured: the runner ended
            machine: 2 cores (Some CPU), 8.0 GB, Debian GNU/Linux 12, kernel 6.18, JDK 25.0.3, as ann, load 0.25 at the start
            """);
        assertThat(console.complained()).isEqualTo("""
            not measured: call: the runner ended
            missed: call 2.00 ms, target ≤ 2 ms (design section 9, “one tool call”)
            """);
    }

    @Test
    void the_page_says_the_same() {
        assertThat(report(MET, MISSED, NO_TARGET, NOT_MEASURED).markdown()).isEqualTo("""
            | what | median | p95 | n | target | yardstick, same run | ratio |
            |---|---|---|---|---|---|---|
            | one call | **1.50 ms** | 2.00 | 3 | ≤ 2 ms | fork: 0.50 ms | 3.00× |
            | one call | **2.00 ms** | 2.00 | 1 | ≤ 2 ms, **missed** | – | – |
            | memory of all | **512 MB** | 512 | 1 | none | – | – |
            | one call | not measured | – | – | ≤ 2 ms | – | – |

            Measured 2026-11-21 by `belay bench` on 2 cores (Some CPU), 8.0 GB, Debian GNU/Linux 12, kernel 6.18, \
            JDK 25.0.3, as ann, load 0.25 at the start. Targets are the design's (section 9).

            - `call`: how it was done.
            - `call`: not measured: the runner ended.
            """);
    }

    @ParameterizedTest
    @CsvSource({"0.504,0.50", "9.994,9.99", "12.34,12.3", "99.96,100.0", "123.4,123", "-3.456,-3.46"})
    void figures_have_the_digits_that_mean_something(double value, String shown) {
        assertThat(Report.figure(value)).isEqualTo(shown);
    }
}
