package dev.belay.policies.language;

/**
 * A file that rules are read from.
 *
 * @param file as seen from the project's root, {@code CLAUDE.md}
 */
public record Source(String file, String text) {}
