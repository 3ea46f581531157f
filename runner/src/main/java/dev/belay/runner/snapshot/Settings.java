package dev.belay.runner.snapshot;

import java.time.Clock;

/**
 * @param maxFileBytes larger files are listed, not captured
 * @param bulkFiles a directory that the base's rules ignore is listed, not captured, when it holds more files
 */
public record Settings(long maxFileBytes, int bulkFiles, Clock clock, Faults faults) {
    public static Settings standard() {
        return new Settings(100L << 20, 500, Clock.systemUTC(), Faults.NONE);
    }
}
