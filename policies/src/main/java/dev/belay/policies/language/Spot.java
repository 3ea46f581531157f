package dev.belay.policies.language;

/**
 * Where something is written.
 *
 * @param file as seen from the project's root, {@code .belay/policy.yaml}
 * @param line from 1; 0 where the whole file is meant
 * @param column from 1, in characters; 0 where the whole line is meant
 */
public record Spot(String file, int line, int column) {
    /** {@code CLAUDE.md:14:3}. */
    @Override
    public String toString() {
        return line == 0 ? file : column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
    }

    /** {@code CLAUDE.md:14}: what a denial names. */
    public String lineOnly() {
        return line == 0 ? file : file + ":" + line;
    }
}
