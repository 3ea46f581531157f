package dev.belay.cli.bench;

import java.util.Optional;

/**
 * What a round found out about one figure.
 *
 * @param yardstick what it is compared with, measured in the same run and in the same unit
 * @param note what a reader has to know about how it was measured, or nothing
 */
record Reading(Sample sample, Optional<Yardstick> yardstick, String note) {
    /** Something else on the same machine. */
    record Yardstick(String name, Sample sample) {}

    static Reading of(Sample sample, String note) {
        return new Reading(sample, Optional.empty(), note);
    }

    static Reading beside(Yardstick yardstick, Sample sample, String note) {
        return new Reading(sample, Optional.of(yardstick), note);
    }
}
