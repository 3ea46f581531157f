package dev.belay.runner.model;

import java.time.Duration;

/**
 * How long a provider is waited for.
 *
 * @param connect for a connection
 * @param first for the beginning of an answer
 * @param idle between two pieces of one
 * @param whole for all of it
 * @param retries how often the same question is asked again
 * @param least the first pause before that; each next one is twice as long
 * @param most the longest pause, unless the provider names a longer one
 */
public record Waits(
        Duration connect, Duration first, Duration idle, Duration whole, int retries, Duration least, Duration most) {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    public static Waits usual() {
        return new Waits(
                Duration.ofSeconds(10),
                Duration.ofMinutes(3),
                Duration.ofMinutes(3),
                Duration.ofMinutes(30),
                10,
                Duration.ofMillis(500),
                Duration.ofSeconds(30));
    }

    /**
     * @param attempt from 1
     * @param wished what the provider named, or zero
     * @param random from 0 to 1: those that were turned away together do not come back together
     */
    Duration pause(int attempt, Duration wished, double random) {
        if (wished.isPositive()) {
            return wished.compareTo(LONGEST) < 0 ? wished : LONGEST;
        }
        double doubled = least.toMillis() * Math.pow(2, Math.min(attempt - 1, 20));
        return Duration.ofMillis(Math.round(Math.min(doubled, most.toMillis()) * (0.5 + random / 2)));
    }
}
