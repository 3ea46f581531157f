package dev.belay.policies.environment;

import dev.belay.policies.language.Spot;
import java.time.Duration;

/**
 * One command of the set-up.
 *
 * @param name what people call it: the command's first line where the file gives none
 * @param run for {@code sh -c}
 * @param timeout after which it is ended with all that it began
 */
public record Step(String name, String run, Duration timeout, Spot spot) {
    public static final Duration USUAL = Duration.ofMinutes(10);
    public static final Duration LONGEST = Duration.ofMinutes(60);
}
