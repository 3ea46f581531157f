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

    enum Verdict {
        MET,
        MISSED,
        NO_TARGET,
        NOT_MEASURED
    }

    static Row measured(Figure figure, Reading reading) {
        return new Row(figure, new Measured(reading));
    }

    static Row notMeasured(Figure figure, String reason) {
        return new Row(figure, new NotMeasured(reason));
    }

    Optional<Reading> reading() {
        return outcome instanceof Measured(Reading reading) ? Optional.of(reading) : Optional.empty();
    }

    Verdict verdict() {
        if (!(outcome instanceof Measured(Reading reading))) {
            return Verdict.NOT_MEASURED;
        }
        if (figure.target().isEmpty()) {
            return Verdict.NO_TARGET;
        }
        return figure.target().get().isMetBy(reading.sample().median()) ? Verdict.MET : Verdict.MISSED;
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
