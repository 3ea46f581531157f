package dev.belay.proto.bounds;

/** From where to where a limit of a sandbox makes sense: below, nothing lives in it; above, it is none. */
public enum LimitRange {
    MEMORY_MIB("memory_mib", 128, 1 << 20),
    PROCESSES("processes", 16, 32_768),
    /** Of at least so much a file system can be made that something fits into. */
    DISK_MIB("disk_mib", 256, 1 << 18);

    private final String key;
    private final int least;
    private final int most;

    LimitRange(String key, int least, int most) {
        this.key = key;
        this.least = least;
        this.most = most;
    }

    /** As policies and requests name it. */
    public String key() {
        return key;
    }

    public int least() {
        return least;
    }

    public int most() {
        return most;
    }

    /** The value, or the end of the range that it lies beyond. */
    public int nearest(long value) {
        return Math.clamp(value, least, most);
    }

    public boolean holds(long value) {
        return value >= least && value <= most;
    }
}
