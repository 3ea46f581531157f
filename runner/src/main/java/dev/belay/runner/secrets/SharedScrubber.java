package dev.belay.runner.secrets;

import java.util.Collection;

/** The one scrubber of all that looks for the same values; built anew only when one is added. */
public final class SharedScrubber {
    private volatile Scrubber current = Scrubber.NONE;

    /** Of these values and of all that it was asked for before: what was a secret once is not shown later. */
    public Scrubber covering(Collection<SecretValue> values) {
        Scrubber seen = current;
        return seen.covers(values) ? seen : extended(values);
    }

    private synchronized Scrubber extended(Collection<SecretValue> values) {
        current = current.with(values);
        return current;
    }
}
