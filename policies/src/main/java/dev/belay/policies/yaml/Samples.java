package dev.belay.policies.yaml;

import java.util.List;

/**
 * Examples of one rule, which whoever reads the policy tries.
 *
 * @param match what the rule has to speak of
 * @param notMatch what it must not speak of
 */
public record Samples(List<String> match, List<String> notMatch) {
    static final Samples NONE = new Samples(List.of(), List.of());

    public Samples {
        match = List.copyOf(match);
        notMatch = List.copyOf(notMatch);
    }
}
