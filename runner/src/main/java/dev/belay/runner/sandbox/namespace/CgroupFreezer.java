package dev.belay.runner.sandbox.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/**
 * The freezer of cgroup v1. It can stay FREEZING for as long as one asks only for its state (a process in vfork does it);
 * thawing and freezing again cures that.
 */
record CgroupFreezer(Path directory) implements Freezer {
    private static final long FIRST_WAIT_NANOS = 10_000_000L;
    private static final long LATER_WAIT_NANOS = 30_000_000L;

    @Override
    public String mechanism() {
        return "cgroup v1 freezer";
    }

    @Override
    public boolean freeze() {
        long deadline = System.nanoTime() + BOUND_NANOS;
        long wait = FIRST_WAIT_NANOS;
        do {
            set("FROZEN");
            if (frozenWithin(wait)) {
                return true;
            }
            set("THAWED");
            wait = LATER_WAIT_NANOS;
        } while (System.nanoTime() + wait < deadline);
        return false;
    }

    @Override
    public void thaw() {
        if (Files.exists(directory)) {
            set("THAWED");
        }
    }

    private boolean frozenWithin(long nanos) {
        long deadline = System.nanoTime() + nanos;
        do {
            if (state().equals("FROZEN")) {
                return true;
            }
            LockSupport.parkNanos(100_000);
        } while (System.nanoTime() < deadline);
        return state().equals("FROZEN");
    }

    private String state() {
        try {
            return Files.readString(directory.resolve("freezer.state")).strip();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void set(String state) {
        try {
            Files.writeString(directory.resolve("freezer.state"), state, StandardOpenOption.WRITE);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
