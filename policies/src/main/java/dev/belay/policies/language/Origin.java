package dev.belay.policies.language;

/**
 * Whose words a rule is made of.
 *
 * @param text as it was written, on one line: {@code NO git push to origin/main}
 * @param reason why, as the author gave it; may be empty
 */
public record Origin(String text, Spot spot, String reason) {}
