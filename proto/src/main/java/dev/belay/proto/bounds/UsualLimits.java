package dev.belay.proto.bounds;

import dev.belay.proto.v1.Limits;
import java.time.Duration;

/** What a task may use where nobody named a limit; the same for those who hold it and those who let it go on. */
public final class UsualLimits {
    public static final int MEMORY_MIB = 4096;
    public static final int PROCESSES = 512;
    public static final int DISK_MIB = 8192;

    private static final int TURNS = 200;
    private static final Duration TIME = Duration.ofHours(4);

    private UsualLimits() {}

    public static int turns(Limits limits) {
        return turns(limits.getMaxTurns());
    }

    /** @param named 0 for none */
    public static int turns(int named) {
        return named > 0 ? named : TURNS;
    }

    public static Duration time(Limits limits) {
        return time(limits.getTimeoutSeconds());
    }

    /** @param named seconds; 0 for none */
    public static Duration time(int named) {
        return named > 0 ? Duration.ofSeconds(named) : TIME;
    }
}
