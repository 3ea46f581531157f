package dev.belay.controller.packs;

/**
 * What a pack may hold at most. All of it is checked before the pack can be seen by anyone.
 *
 * @param maxBytes of the pack as sent
 * @param maxInflatedBytes of all its entries after zlib, deltas counted as deltas
 * @param maxResolvedBytes of all its objects after their deltas are applied
 * @param maxObjectBytes of one object
 * @param maxTreeBytes of one tree, commit or tag, which are held in memory whole
 * @param maxHeldBytes that resolving its deltas may keep in memory at one time
 * @param maxDeltaDepth links from an object to the one that is stored whole
 * @param maxTreeDepth directories in a row
 * @param maxPathBytes of the longest path
 * @param maxFiles that one tree may unfold to, all directories counted
 */
public record PackLimits(
        long maxBytes,
        long maxInflatedBytes,
        long maxResolvedBytes,
        long maxObjectBytes,
        long maxTreeBytes,
        long maxHeldBytes,
        int maxObjects,
        int maxDeltaDepth,
        int maxTreeDepth,
        int maxPathBytes,
        long maxFiles) {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    public static PackLimits defaults() {
        return new PackLimits(
                2 * GIB,
                8 * GIB,
                64 * GIB,
                GIB,
                64 * MIB,
                Math.min(512 * MIB, Runtime.getRuntime().maxMemory() / 2),
                5_000_000,
                4_096,
                256,
                4_096,
                5_000_000);
    }
}
