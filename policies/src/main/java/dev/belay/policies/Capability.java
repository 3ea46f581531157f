package dev.belay.policies;

import java.util.List;
import java.util.Optional;

/**
 * Which modes a model can be run in. One list for every client: what is not here is refused at submit, never replaced by
 * something near.
 *
 * @param usual the mode when none is asked for
 */
public record Capability(String model, List<Mode> modes, Mode usual) {
    /** A written conversation cannot wait for an answer that it did not foresee, so it runs without questions or not at all. */
    public static final Capability SCRIPT = new Capability("script", List.of(Mode.FULL), Mode.FULL);

    private static final List<Capability> ALL = List.of(SCRIPT);

    public Capability {
        modes = List.copyOf(modes);
        if (!modes.contains(usual)) {
            throw new IllegalArgumentException("the usual mode must be one of the modes");
        }
    }

    public static List<Capability> all() {
        return ALL;
    }

    public static Optional<Capability> of(String model) {
        return ALL.stream().filter(one -> one.model.equals(model)).findFirst();
    }
}
