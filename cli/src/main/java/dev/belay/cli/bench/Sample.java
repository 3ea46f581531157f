package dev.belay.cli.bench;

import java.util.ArrayList;
import java.util.List;

/** What was measured of one thing, in one run, the least first. */
record Sample(List<Double> sorted) {
    Sample {
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
    }

    static Sample of(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        sorted.sort(Double::compare);
        return new Sample(List.copyOf(sorted));
    }

    /** The same measurements without what each of them would have cost anyway. */
    Sample less(double each) {
        return of(sorted.stream().map(value -> value - each).toList());
    }

    Sample and(Sample other) {
        List<Double> both = new ArrayList<>(sorted);
        both.addAll(other.sorted);
        return of(both);
    }

    Sample dividedBy(int count) {
        return of(sorted.stream().map(value -> value / count).toList());
    }

    double median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The least measured value that 95 of 100 do not exceed: one that was really seen, never one in between. */
    double p95() {
        return sorted.get((sorted.size() * 95 + 99) / 100 - 1);
    }

    /** What a page says of the worst. */
    String rare() {
        return "99 of 100 within " + Report.figure(p99()) + " ms";
    }

    double p99() {
        return sorted.get((sorted.size() * 99 + 99) / 100 - 1);
    }

    double min() {
        return sorted.getFirst();
    }

    double max() {
        return sorted.getLast();
    }

    int size() {
        return sorted.size();
    }
}
