package dev.belay.runner.snapshot;

/**
 * When a snapshot is taken.
 *
 * @param step its number, greater than that of every snapshot before it
 * @param kind {@code base}, {@code step}, {@code exec}, {@code safety} or {@code revert}
 * @param tool the tool whose call it follows, or empty
 */
public record Moment(int step, int turn, String kind, String tool) {
    public static Moment base() {
        return new Moment(0, 0, "base", "");
    }
}
