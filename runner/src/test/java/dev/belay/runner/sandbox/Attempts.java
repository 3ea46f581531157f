package dev.belay.runner.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tables of what must not work. Their variables are those of {@link Surroundings}. */
final class Attempts {
    static final Map<String, List<Attempt>> GROUPS = groups();

    private Attempts() {}

    static Stream<Attempt> all() {
        return GROUPS.values().stream().flatMap(List::stream);
    }

    private static Map<String, List<Attempt>> groups() {
        Map<String, List<Attempt>> all = new LinkedHashMap<>();
        all.put("files", FileAttempts.ALL);
        all.put("processes", ProcessAttempts.ALL);
        all.put("kernel", KernelAttempts.ALL);
        all.put("resources", ResourceAttempts.ALL);
        all.put("git inside", GitAttempts.ALL);
        all.put("programs", ClientAttempts.ALL);
        all.put("network", NetworkAttempts.ALL);
        return all;
    }
}
