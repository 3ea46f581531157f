package dev.belay.cli.bench;

/**
 * What a median may be at most, or has to be at least.
 *
 * @param from who says so
 */
record Target(double bound, boolean atLeast, String from) {
    /** A number of the design's table, by the line that it is in, that must not be exceeded. */
    static Target design(double most, String line) {
        return new Target(most, false, "design section 9, “" + line + "”");
    }

    /** The same of a rate, that has to be reached. */
    static Target designAtLeast(double least, String line) {
        return new Target(least, true, "design section 9, “" + line + "”");
    }

    boolean isMetBy(double median) {
        return atLeast ? median >= bound : median <= bound;
    }

    String sign() {
        return atLeast ? "≥" : "≤";
    }
}
