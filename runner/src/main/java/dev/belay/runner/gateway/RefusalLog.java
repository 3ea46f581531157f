package dev.belay.runner.gateway;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Counts what was refused and reports it without letting a loop inside the sandbox flood the events: the same target in the
 * same step is reported at 1, 10, 100 times and so on, and at most {@value #DISTINCT} different ones in a step.
 */
final class RefusalLog {
    static final int DISTINCT = 100;
    private static final Target OTHERS = Target.unreadable(Protocol.UNKNOWN);

    private final IntSupplier currentStep;
    private final Consumer<Refusal> report;
    private final Map<Cause, Refusal> inStep = new HashMap<>();
    private int step = -1;

    /** One target may be refused for more than one reason. */
    private record Cause(Target target, String reason) {}

    RefusalLog(IntSupplier currentStep, Consumer<Refusal> report) {
        this.currentStep = currentStep;
        this.report = report;
    }

    synchronized void add(Target target, Egress.Denial denial) {
        int now = currentStep.getAsInt();
        if (now != step) {
            inStep.clear();
            step = now;
        }
        Cause said = new Cause(target, denial.reason());
        Cause counted = inStep.containsKey(said) || inStep.size() < DISTINCT ? said : new Cause(OTHERS, "");
        Refusal refusal = inStep.merge(
                counted,
                new Refusal(step, counted.target(), denial, 1),
                (old, one) -> new Refusal(step, old.target(), old.denial(), old.count() + 1));
        if (isPowerOfTen(refusal.count())) {
            report.accept(refusal);
        }
    }

    synchronized List<Refusal> ofCurrentStep() {
        return currentStep.getAsInt() == step ? List.copyOf(inStep.values()) : List.of();
    }

    private static boolean isPowerOfTen(int count) {
        int rest = count;
        while (rest % 10 == 0) {
            rest /= 10;
        }
        return rest == 1;
    }
}
