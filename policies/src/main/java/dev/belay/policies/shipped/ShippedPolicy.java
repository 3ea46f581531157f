package dev.belay.policies.shipped;

import dev.belay.policies.language.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Policies that a project can begin with, written as one would write them, with what they mean in their comments. */
public final class ShippedPolicy {
    private static final List<String> NAMES = List.of("standard", "read-only", "locked");

    private ShippedPolicy() {}

    /** The widest first. */
    public static List<String> names() {
        return NAMES;
    }

    /** @param name one of {@link #names} */
    public static Source source(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("there is no policy " + name);
        }
        try (InputStream in = ShippedPolicy.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the policy " + name + " is not in this build");
            }
            return new Source(".belay/policy.yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
