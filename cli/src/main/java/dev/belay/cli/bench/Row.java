package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import java.util.Optional;
import java.util.OptionalDouble;

/** A figure with what became of it. */
record Row(Figure figure, Outcome outcome) {
    /** A number, or the reason why there is none: never a guess. */
    sealed interface Outcome {}

    record Measured(Reading reading) implements Outcome {}

    record NotMeasured(String reason) implements Outcome {}

    /** This machine has not what it takes. */
    record Absent(String reason) implements Outcome {}

    enum Verdict {
        MET,
        MISSED,
        NO_TARGET,
        ABSENT,
        NOT_MEASURED
    }

    static Row measured(Figure figure, Reading reading) {
        return new Row(figure, new Measured(reading));
    }

    static Row notMeasured(Figure figure, String reason) {
        return new Row(figure, new NotMeasured(reason));
    }

    static Row absent(Figure figure, String reason) {
        return new Row(figure, new Absent(reason));
    }

    Optional<Reading> reading() {
        return outcome instanceof Measured(Reading reading) ? Optional.of(reading) : Optional.empty();
    }

    Verdict verdict() {
        return switch (outcome) {
            case NotMeasured _ -> Verdict.NOT_MEASURED;
            case Absent _ -> Verdict.ABSENT;
            case Measured(Reading reading) ->
                figure.target()
                        .map(target -> target.isMetBy(reading.sample().median()) ? Verdict.MET : Verdict.MISSED)
                        .orElse(Verdict.NO_TARGET);
        };
    }

    /** Why there is no number. */
    Optional<String> reason() {
        return switch (outcome) {
            case NotMeasured(String reason) -> Optional.of(reason);
            case Absent(String reason) -> Optional.of(reason);
            case Measured _ -> Optional.empty();
        };
    }

    /** How many of the yardstick's medians fit into this one's. */
    OptionalDouble ratio() {
        Optional<Yardstick> yardstick = reading().flatMap(Reading::yardstick);
        if (yardstick.isEmpty() || yardstick.get().sample().median() <= 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(reading().orElseThrow().sample().median()
                / yardstick.get().sample().median());
    }
}
