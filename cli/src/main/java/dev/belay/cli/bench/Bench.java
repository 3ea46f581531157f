package dev.belay.cli.bench;

import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The rounds, in the order in which they are made: memory after work, and last what changes the system. */
record Bench(List<Round> rounds) {
    static Bench ofBelay() {
        return new Bench(List.of(
                ClientStart.version(),
                ClientStart.ps(),
                new Decisions(),
                new ToolCalls(),
                new NamespaceSandboxes(),
                new DockerSandboxes(),
                new Submission(),
                new MemoryInUse(),
                new Gateway(),
                new GatewayThroughput(),
                new Recovery(),
                new Throughput(),
                new Watchers(),
                new Standing(),
                new Claims()));
    }

    List<String> names() {
        return rounds.stream()
                .flatMap(round -> round.figures().stream())
                .map(Figure::name)
                .toList();
    }

    /** @param wanted names of rows; none stands for all */
    void check(List<String> wanted) {
        List<String> names = names();
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw BelayException.of(
                        ErrorCode.E_USAGE,
                        "the bench has no row " + name + Nearest.hint(name, names),
                        "rows are " + String.join(", ", names) + " (layer: client)",
                        "belay bench --rows " + names.getFirst());
            }
        }
    }

    /** A row for each that is wanted, measured or not; a round that fails does not keep the others from theirs. */
    List<Row> rows(Site site, int runs, List<String> wanted, Screen people) throws InterruptedException {
        Predicate<Figure> isWanted = figure -> wanted.isEmpty() || wanted.contains(figure.name());
        List<Row> rows = new ArrayList<>();
        for (Round round : rounds) {
            List<Figure> figures = round.figures().stream().filter(isWanted).toList();
            if (!figures.isEmpty()) {
                people.note("measuring "
                        + String.join(", ", figures.stream().map(Figure::name).toList()));
                rows.addAll(measured(round, figures, site, runs));
                // What an end of the whole has cut short looks like a failure of whatever it met.
                if (site.isOver()) {
                    throw new InterruptedException("the bench is being ended");
                }
            }
        }
        return rows;
    }

    private static List<Row> measured(Round round, List<Figure> figures, Site site, int runs)
            throws InterruptedException {
        try {
            Map<Figure, Reading> readings = round.measure(site, runs);
            return figures.stream()
                    .map(figure -> {
                        Reading reading = readings.get(figure);
                        return reading == null
                                ? Row.notMeasured(figure, "its round did not answer for it")
                                : Row.measured(figure, reading);
                    })
                    .toList();
        } catch (AbsentException absent) {
            return figures.stream()
                    .map(figure -> Row.absent(figure, absent.reason()))
                    .toList();
        } catch (BelayException named) {
            return none(figures, named.what() + (named.why().isEmpty() ? "" : ": " + named.why()));
        } catch (IOException | RuntimeException failed) {
            String message = failed.getMessage();
            return none(figures, message == null ? failed.getClass().getSimpleName() : message);
        }
    }

    private static List<Row> none(List<Figure> figures, String reason) {
        return figures.stream().map(figure -> Row.notMeasured(figure, reason)).toList();
    }
}
