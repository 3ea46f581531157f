package dev.belay.policies;

import java.util.Optional;

/** What was decided, and for a denial everything that a person or a model needs to understand it. */
public sealed interface Verdict {
    /** @param rule the rule that allowed it, as it was written */
    record Allowed(String rule) implements Verdict {}

    /**
     * @param layer who enforces it: {@code gateway}, {@code tool}, {@code sandbox}
     * @param rule as it was written, {@code RESTRICTED network (default)}
     * @param place {@code policy.yaml:14}, or {@code default}
     * @param reason one sentence
     * @param instead what a person can do about it
     */
    record Denied(String layer, String rule, String place, String reason, String instead) implements Verdict {}

    /** A person has to say it: where nobody can be asked, it is refused. The fields are those of {@link Denied}. */
    record Asks(String layer, String rule, String place, String reason, String instead) implements Verdict {}

    /** What keeps it from being allowed, if something does. */
    default Optional<Denied> winning() {
        return switch (this) {
            case Allowed _ -> Optional.empty();
            case Denied denied -> Optional.of(denied);
            case Asks asks ->
                Optional.of(new Denied(asks.layer(), asks.rule(), asks.place(), asks.reason(), asks.instead()));
        };
    }

    default boolean allowed() {
        return this instanceof Allowed;
    }
}
