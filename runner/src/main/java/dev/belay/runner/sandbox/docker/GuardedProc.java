package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.model.HostConfig;
import java.io.Serial;
import java.util.List;
import java.util.Map;

/** What of /proc and /sys a container does not see, or may not change; Docker's client has no words for it. */
final class GuardedProc extends HostConfig {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What Docker hides by itself, which saying anything replaces, and all of /sys. */
    private static final List<String> HIDDEN = List.of(
            "/sys",
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats");

    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    @Override
    public Map<String, Object> getRawValues() {
        return Map.of("MaskedPaths", HIDDEN, "ReadonlyPaths", READ_ONLY);
    }
}
