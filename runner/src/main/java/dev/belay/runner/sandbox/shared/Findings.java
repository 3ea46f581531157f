package dev.belay.runner.sandbox.shared;

import dev.belay.runner.sandbox.EngineReport.Finding;
import dev.belay.runner.sandbox.EngineReport.Grade;
import java.util.ArrayList;
import java.util.List;

/** The cells of an engine's report, as they are found. */
public final class Findings {
    private final List<Finding> all = new ArrayList<>();

    public void add(String name, boolean holds, String mechanism, String fix) {
        add(name, holds ? Grade.HOLDS : Grade.FAILS, holds ? mechanism : "does not hold: " + mechanism, fix);
    }

    public void add(Finding finding) {
        all.add(finding);
    }

    public void add(String name, Grade grade, String mechanism, String fix) {
        all.add(new Finding(name, grade, mechanism, fix));
    }

    public List<Finding> all() {
        return List.copyOf(all);
    }

    public boolean anyFails() {
        return all.stream().anyMatch(finding -> finding.grade() == Grade.FAILS);
    }
}
