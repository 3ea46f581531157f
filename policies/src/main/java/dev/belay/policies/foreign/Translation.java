package dev.belay.policies.foreign;

import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import java.util.List;

/**
 * What became of another agent's policy.
 *
 * @param text a {@code .belay/policy.yaml} that compiles; empty where there is a problem
 * @param notTranslated what it does not say, or says more strictly
 * @param problems why there is none
 */
public record Translation(String text, List<Line.NotEnforced> notTranslated, List<Problem> problems) {
    public Translation {
        notTranslated = List.copyOf(notTranslated);
        problems = List.copyOf(problems);
    }
}
