package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import dev.belay.cli.bench.Row.Verdict;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Table;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One run of the bench: for people, for machines, and for a page. */
record Report(Instant at, Host host, int runs, List<Row> rows) {

    /**
     * A row that could not be measured is always a failure, a missed target when it was asked for. What this machine has not
     * is none.
     *
     * @param check whether a missed target is a failure
     */
    int exitCode(boolean check) {
        return with(Verdict.NOT_MEASURED).isEmpty()
                        && !(check && !with(Verdict.MISSED).isEmpty())
                ? ErrorCode.Exit.DONE
                : ErrorCode.Exit.FAILED;
    }

    private List<Row> with(Verdict verdict) {
        return rows.stream().filter(row -> row.verdict() == verdict).toList();
    }

    Json json(boolean check) {
        return Json.object()
                .put("at", at.toString())
                .put("machine", host.json())
                .put("runs", runs)
                .put("rows", new Json.Arr(rows.stream().map(Report::json).toList()))
                .put("missed", Json.array(names(Verdict.MISSED)))
                .put("not_measured", Json.array(names(Verdict.NOT_MEASURED)))
                .put("exit_code", exitCode(check))
                .build();
    }

    private List<String> names(Verdict verdict) {
        return with(verdict).stream().map(row -> row.figure().name()).toList();
    }

    private static Json json(Row row) {
        Optional<Sample> sample = row.reading().map(Reading::sample);
        Optional<Yardstick> yardstick = row.reading().flatMap(Reading::yardstick);
        Optional<Target> target = row.figure().target();
        return Json.object()
                .put("name", row.figure().name())
                .put("what", row.figure().what())
                .put("unit", row.figure().unit())
                .put("verdict", row.verdict().name().toLowerCase(Locale.ROOT))
                .put("median", number(sample.map(Sample::median)))
                .put("p95", number(sample.map(Sample::p95)))
                .put("min", number(sample.map(Sample::min)))
                .put("max", number(sample.map(Sample::max)))
                .put("n", sample.map(Sample::size).orElse(0))
                .put("target", number(target.map(Target::bound)))
                .put("target_from", target.map(Target::from).orElse(null))
                .put("yardstick", yardstick.map(Yardstick::name).orElse(null))
                .put(
                        "yardstick_median",
                        number(yardstick.map(found -> found.sample().median())))
                .put(
                        "ratio",
                        row.ratio().isPresent() ? number(Optional.of(row.ratio().getAsDouble())) : Json.NULL)
                .put("note", row.reading().map(Reading::note).orElse(""))
                .put("reason", row.reason().orElse(null))
                .build();
    }

    private static Json number(Optional<Double> value) {
        return value.isPresent() ? Json.of(Math.round(value.get() * 1000) / 1000.0) : Json.NULL;
    }

    void print(Screen screen) {
        Table table = new Table(0, "WHAT", "MEDIAN", "P95", "N", "TARGET", "YARDSTICK", "RATIO");
        for (Row row : rows) {
            table.row(
                    new Line().add(mark(row)).add(row.figure().what()),
                    Line.of(row.reading()
                            .map(found -> withUnit(row, found.sample().median()))
                            .orElse("–")),
                    Line.of(row.reading()
                            .map(found -> figure(found.sample().p95()))
                            .orElse("–")),
                    Line.of(row.reading()
                            .map(found -> "" + found.sample().size())
                            .orElse("–")),
                    Line.of(target(row)),
                    Line.of(yardstick(row, screen.width() < WIDE)),
                    Line.of(ratio(row)));
        }
        table.print(screen);
        screen.line("");
        for (Row row : rows) {
            String told = told(row);
            if (!told.isEmpty()) {
                screen.line(new Line().dim(row.figure().name() + ": " + told));
            }
        }
        screen.line(new Line().dim("machine: " + host.sentence()));
        sum(screen);
    }

    private static final int WIDE = 120;

    /** What did not go well, in words. */
    void sum(Screen screen) {
        for (Row row : with(Verdict.NOT_MEASURED)) {
            screen.note(new Line()
                    .add(Look.RED, "not measured: ")
                    .add(row.figure().name())
                    .add(row.reason().map(reason -> ": " + reason).orElse("")));
        }
        for (Row row : with(Verdict.MISSED)) {
            screen.note(new Line()
                    .add(Look.YELLOW, "missed: ")
                    .add(row.figure().name() + " "
                            + row.reading()
                                    .map(found -> withUnit(row, found.sample().median()))
                                    .orElse("–")
                            + ", target " + target(row) + " ("
                            + row.figure().target().map(Target::from).orElse("") + ")"));
        }
    }

    private static Line mark(Row row) {
        return switch (row.verdict()) {
            case MET -> new Line().add(Look.GREEN, "✓ ");
            case MISSED -> new Line().add(Look.RED, "✗ ");
            case NOT_MEASURED -> new Line().add(Look.RED, "? ");
            case NO_TARGET, ABSENT -> new Line().add("  ");
        };
    }

    /** For a page that is read later: everything that the table for people says, without looks. */
    String markdown() {
        List<String> lines = new ArrayList<>(List.of(
                "| what | median | p95 | n | target | yardstick, same run | ratio |", "|---|---|---|---|---|---|---|"));
        for (Row row : rows) {
            lines.add("| " + row.figure().what() + " | "
                    + row.reading()
                            .map(found -> "**" + withUnit(row, found.sample().median()) + "**")
                            .orElse("not measured")
                    + " | "
                    + row.reading().map(found -> figure(found.sample().p95())).orElse("–")
                    + " | "
                    + row.reading().map(found -> "" + found.sample().size()).orElse("–")
                    + " | " + target(row) + (row.verdict() == Verdict.MISSED ? ", **missed**" : "")
                    + " | " + yardstick(row, false) + " | " + ratio(row) + " |");
        }
        lines.add("");
        lines.add("Measured " + at.toString().substring(0, 10) + " by `belay bench` on " + host.sentence()
                + ". Targets are the design's (section 9).");
        lines.add("");
        for (Row row : rows) {
            String told = told(row);
            if (!told.isEmpty()) {
                lines.add("- `" + row.figure().name() + "`: " + told + ".");
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String told(Row row) {
        return row.reason()
                .map(reason -> "not measured: " + reason)
                .orElseGet(() -> row.reading().map(Reading::note).orElse(""));
    }

    private static String target(Row row) {
        return row.figure()
                .target()
                .map(target -> target.sign() + " " + plain(target.bound()) + " "
                        + row.figure().unit())
                .orElse("none");
    }

    private static String yardstick(Row row, boolean briefly) {
        return row.reading()
                .flatMap(Reading::yardstick)
                .map(found -> (briefly ? "" : found.name() + ": ")
                        + withUnit(row, found.sample().median()))
                .orElse("–");
    }

    private static String ratio(Row row) {
        return row.ratio().isPresent() ? figure(row.ratio().getAsDouble()) + "×" : "–";
    }

    private static String withUnit(Row row, double value) {
        return figure(value) + " " + row.figure().unit();
    }

    private static String plain(double target) {
        return target == Math.rint(target) ? Long.toString((long) target) : figure(target);
    }

    /** Three digits that mean something. */
    static String figure(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
