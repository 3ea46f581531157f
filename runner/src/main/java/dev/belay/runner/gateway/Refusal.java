package dev.belay.runner.gateway;

/**
 * Something that the gateway itself refused.
 *
 * @param step the step that was current
 * @param count how often the same was refused in this step so far
 */
public record Refusal(int step, Target target, Egress.Denial denial, int count) {}
