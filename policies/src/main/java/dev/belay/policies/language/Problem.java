package dev.belay.policies.language;

/**
 * Why a source is refused.
 *
 * @param what one sentence that quotes the offending text
 * @param fix what to write instead
 */
public record Problem(Spot spot, String what, String fix) {}
