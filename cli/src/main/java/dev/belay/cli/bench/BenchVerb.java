package dev.belay.cli.bench;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.local.Launch;
import dev.belay.cli.local.ScratchSystem;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Measures this installation on this machine, in a system of its own, and leaves nothing behind. */
public final class BenchVerb extends Verb {
    private static final int LEAST_RUNS = 5;

    @Option(names = "--check", description = "Exit 1 when a figure misses its target.")
    private boolean check;

    @Option(
            names = "--rows",
            paramLabel = "A,B",
            split = ",",
            description = "Only these rows, by their names in --json; all otherwise.")
    private List<String> wanted = List.of();

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "10",
            description = "How often each thing is measured, 5 or more; 10 otherwise.")
    private int runs;

    @Option(names = "--markdown", description = "Print the table as Markdown.")
    private boolean markdown;

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        Bench bench = Bench.ofBelay();
        bench.check(wanted);
        checkOptions();
        Launch.of(cli);
        // Words about the system that is started belong to stderr, also when the table is for people.
        Screen people = cli.screen().withResultsOnStderr();
        Host host = Host.here();
        List<Row> rows = new ArrayList<>();
        try (ScratchSystem scratch = ScratchSystem.make(
                cli.with(people),
                "belay-bench-",
                "project",
                Map.of(
                        "BELAY_SLOTS",
                        Integer.toString(MemoryInUse.FLEET),
                        "BELAY_REACHABLE",
                        Gateway.REACHABLE,
                        "BELAY_MAX_QUEUED",
                        Integer.toString(Claims.MOST_QUEUED),
                        "BELAY_MAX_QUEUED_TENANT",
                        Integer.toString(Claims.MOST_QUEUED)))) {
            boolean whole = scratch.during(
                    cli.interrupts(), () -> rows.addAll(bench.rows(new Site(scratch), runs, wanted, people)));
            if (!whole) {
                people.note("interrupted; what was started is being stopped");
                return ErrorCode.Exit.DETACHED;
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            throw failed;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        Report report = new Report(cli.clock().instant(), host, runs, rows);
        if (json) {
            cli.screen().machine(report.json(check).print());
        } else if (markdown) {
            cli.screen().out().print(report.markdown());
            report.sum(cli.screen());
        } else {
            report.print(cli.screen());
        }
        return report.exitCode(check);
    }

    private void checkOptions() {
        if (runs < LEAST_RUNS) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--runs must be " + LEAST_RUNS + " or more",
                    "it was " + runs + "; a median of fewer says nothing (layer: client)",
                    "belay bench --runs " + LEAST_RUNS);
        }
        if (json && markdown) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--json and --markdown exclude each other",
                    "both are what is printed on stdout (layer: client)",
                    "belay bench --json");
        }
    }
}
