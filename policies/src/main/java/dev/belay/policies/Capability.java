package dev.belay.policies;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which modes a model can be run in. One list for every client: what is not here is refused at submit, never replaced by
 * something near.
 *
 * @param provider what stands before the {@code /} in the model's name; empty when nobody needs to be asked
 * @param usual the mode when none is asked for
 * @param noOther why it runs in no other mode
 */
public record Capability(String model, String provider, List<Mode> modes, Mode usual, String noOther) {
    /** A written conversation cannot wait for an answer that it did not foresee, so it runs without questions or not at all. */
    public static final Capability SCRIPT = new Capability(
            "script", "", List.of(Mode.FULL), Mode.FULL, "a script cannot wait for an answer that it did not foresee");

    private static final Pattern PROVIDER = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private static final List<Capability> ALL = List.of(SCRIPT);

    public Capability {
        modes = List.copyOf(modes);
        if (!modes.contains(usual)) {
            throw new IllegalArgumentException("the usual mode must be one of the modes");
        }
    }

    /** Those that go by one word. */
    public static List<Capability> all() {
        return ALL;
    }

    /** What the model of this name can do, {@code script} or {@code PROVIDER/MODEL}; nothing when none can be called so. */
    public static Optional<Capability> of(String model) {
        return ALL.stream().filter(one -> one.model.equals(model)).findFirst().or(() -> asked(model));
    }

    /** Whether a provider can be called so. */
    public static boolean isProvider(String name) {
        return PROVIDER.matcher(name).matches() && !name.equals(SCRIPT.model);
    }

    /** Whether it needs a script to play. */
    public boolean plays() {
        return provider.isEmpty();
    }

    /** Approvals, and the classifier that mode auto needs, do not exist yet; until they do, only full keeps its word. */
    private static Optional<Capability> asked(String model) {
        int slash = model.indexOf('/');
        if (slash < 0
                || !isProvider(model.substring(0, slash))
                || !NAME.matcher(model.substring(slash + 1)).matches()) {
            return Optional.empty();
        }
        return Optional.of(new Capability(
                model,
                model.substring(0, slash),
                List.of(Mode.FULL),
                Mode.FULL,
                "approvals, and the classifier that mode auto needs, do not exist yet"));
    }
}
