package dev.belay.cli.project;

/** What a project may bring: more is refused by name before anything is read. */
public record PackLimits(long maxFileBytes, int maxFiles) {
    public static PackLimits defaults() {
        return new PackLimits(100L << 20, 200_000);
    }

    public PackLimits withMaxFileBytes(long bytes) {
        return new PackLimits(bytes, maxFiles);
    }
}
