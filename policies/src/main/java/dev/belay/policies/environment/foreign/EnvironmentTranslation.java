package dev.belay.policies.environment.foreign;

import dev.belay.policies.language.Problem;
import java.util.List;

/**
 * What became of another tool's file.
 *
 * @param text an environment that is understood; empty where there is a problem, or nothing could be taken
 * @param fates of all its parts, in the order of the file; none where there is a problem
 * @param problems why it could not be read
 */
public record EnvironmentTranslation(String text, List<Fate> fates, List<Problem> problems) {
    public EnvironmentTranslation {
        fates = List.copyOf(fates);
        problems = List.copyOf(problems);
    }

    /** Whether all that it asks for is in the text. */
    public boolean isWhole() {
        return problems.isEmpty() && fates.stream().noneMatch(Fate.Refused.class::isInstance);
    }
}
