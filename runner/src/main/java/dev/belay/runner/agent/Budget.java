package dev.belay.runner.agent;

import java.util.Locale;
import java.util.Optional;

/** What a task may cost in all, and what it has cost. Asked before every call of the model. */
public final class Budget {
    private final double mostUsd;
    private double usedUsd;
    private boolean unknown;

    /**
     * @param mostUsd zero is no limit
     * @param usedUsd by earlier runs of the same task
     */
    public Budget(double mostUsd, double usedUsd) {
        this.mostUsd = mostUsd;
        this.usedUsd = usedUsd;
    }

    public static Budget unlimited() {
        return new Budget(0, 0);
    }

    void spend(Reply.Usage usage) {
        usedUsd += usage.costUsd();
        unknown = unknown || !usage.priced();
    }

    /** Why the model may not be asked any more. */
    Optional<Ending> spent() {
        if (mostUsd <= 0 || (usedUsd < mostUsd && !unknown)) {
            return Optional.empty();
        }
        if (unknown) {
            return Optional.of(Ending.atLimit(
                    "limit_usd",
                    "the last turn has no known price, so the limit of $%s cannot be held; its work is safe"
                            .formatted(dollars(mostUsd))));
        }
        return Optional.of(Ending.atLimit(
                "limit_usd",
                "the task used $%s of its $%s; its work is safe".formatted(dollars(usedUsd), dollars(mostUsd))));
    }

    private static String dollars(double usd) {
        return String.format(Locale.ROOT, usd < 1 ? "%.4f" : "%.2f", usd);
    }
}
