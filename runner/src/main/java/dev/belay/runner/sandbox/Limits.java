package dev.belay.runner.sandbox;

import dev.belay.proto.bounds.UsualLimits;
import java.time.Duration;

/** Caps of one sandbox. Zero is not a value: every cap is always set. */
public record Limits(int memoryMib, int processes, int cpuPercent, long fileSizeBytes, Duration command, int diskMib) {
    public static final Limits STANDARD = new Limits(
            UsualLimits.MEMORY_MIB, UsualLimits.PROCESSES, 200, 8L << 30, Duration.ofMinutes(10), UsualLimits.DISK_MIB);

    public Limits {
        if (memoryMib <= 0
                || processes <= 0
                || cpuPercent <= 0
                || fileSizeBytes <= 0
                || command.isNegative()
                || diskMib <= 0) {
            throw new IllegalArgumentException("every cap must be positive");
        }
    }
}
