package dev.belay.runner.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/** Time since the machine was started. It goes on while the machine sleeps, and nobody can set it. */
public final class BootClock {
    private static final long CLOCK_GETTIME = 228;
    private static final long CLOCK_BOOTTIME = 7;

    private BootClock() {}

    public static Duration now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            long result = Syscall.call(CLOCK_GETTIME, CLOCK_BOOTTIME, time.address());
            if (result != 0) {
                throw new IllegalStateException("the kernel has no boot clock: " + "errno " + (-result));
            }
            return Duration.ofSeconds(time.get(ValueLayout.JAVA_LONG, 0), time.get(ValueLayout.JAVA_LONG, 8));
        }
    }
}
