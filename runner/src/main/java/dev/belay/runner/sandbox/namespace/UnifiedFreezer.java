package dev.belay.runner.sandbox.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/** The freezer of cgroup v2. */
record UnifiedFreezer(Path directory) implements Freezer {
    @Override
    public String mechanism() {
        return "cgroup v2 freezer";
    }

    @Override
    public boolean freeze() {
        set("1");
        long deadline = System.nanoTime() + BOUND_NANOS;
        while (!frozen()) {
            if (System.nanoTime() > deadline) {
                set("0");
                return false;
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }

    @Override
    public void thaw() {
        if (Files.exists(directory)) {
            set("0");
        }
    }

    private boolean frozen() {
        try {
            return Files.readAllLines(directory.resolve("cgroup.events")).contains("frozen 1");
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void set(String value) {
        try {
            Files.writeString(directory.resolve("cgroup.freeze"), value, StandardOpenOption.WRITE);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
