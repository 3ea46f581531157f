package dev.belay.cli.bench;

/**
 * What a median may be at most.
 *
 * @param from who says so
 */
record Target(double most, String from) {
    /** A number of the design's table, by the line that it is in. */
    static Target design(double most, String line) {
        return new Target(most, "design section 9, “" + line + "”");
    }

    boolean isMetBy(double median) {
        return median <= most;
    }
}
