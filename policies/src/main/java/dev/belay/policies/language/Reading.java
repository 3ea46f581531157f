package dev.belay.policies.language;

import java.util.List;

/**
 * What was read from one source.
 *
 * @param lines one for each thing that the source says of rights, in its order
 * @param problems why the source is refused; where there is one, nothing else in here may be used
 */
public record Reading(List<Line> lines, Settings settings, List<Problem> problems) {
    public Reading {
        lines = List.copyOf(lines);
        problems = List.copyOf(problems);
    }

    /** Whether the source says anything of rights, be it only what is wrong. */
    public boolean saysAnything() {
        return !lines.isEmpty() || !problems.isEmpty() || !settings.equals(Settings.NONE);
    }
}
