package dev.belay.runner.sandbox;

import java.util.List;

/** What an engine is worth on this machine: a finding per invariant of DESIGN section 6. */
public record EngineReport(String engine, List<Finding> findings) {
    public EngineReport {
        findings = List.copyOf(findings);
    }

    /**
     * One invariant.
     *
     * @param name a stable word, {@code memory-cap}
     * @param mechanism what enforces it here, or what is missing
     * @param fix the command or setting that would cure a weaker or failed cell; may be empty
     */
    public record Finding(String name, Grade grade, String mechanism, String fix) {}

    public enum Grade {
        /** Tried, and it holds. */
        HOLDS,
        /** Tried, and holds less than the table says; a task needs the person's word. */
        WEAKER,
        /** Tried, and does not hold: no task may start. */
        FAILS
    }

    public List<String> weaker() {
        return findings.stream()
                .filter(finding -> finding.grade() == Grade.WEAKER)
                .map(finding -> finding.name() + ": " + finding.mechanism())
                .toList();
    }

    /** What does not hold: while there is any, no task may start. */
    public List<String> failing() {
        return findings.stream()
                .filter(finding -> finding.grade() == Grade.FAILS)
                .map(finding -> finding.name() + ": " + finding.mechanism())
                .toList();
    }

    public boolean usable() {
        return failing().isEmpty();
    }
}
