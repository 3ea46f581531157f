package dev.belay.runner.disk;

import dev.belay.proto.bounds.Amount;
import dev.belay.proto.disk.Ballast;
import dev.belay.proto.disk.FreeSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Logger;

/**
 * How much space the runner's disk has left. Below a floor no new task is taken; below half of it the ballast is given
 * back; below a quarter it is critical, and some task has to end. Whoever meets the full disk itself waits here for what
 * comes of that.
 */
public final class RunnerDisk {
    private static final Logger LOG = Logger.getLogger(RunnerDisk.class.getName());
    private static final long PAUSE_MILLIS = 50;

    /**
     * @param floor of free bytes; 0 for none
     * @param ballast kept allocated
     */
    public record Floors(long floor, long ballast) {
        private static final long MIB = 1 << 20;

        /** {@code BELAY_RUNNER_DISK_FLOOR} and {@code BELAY_RUNNER_DISK_BALLAST}, bytes or with K, M, G, T. */
        public static Floors from(Map<String, String> environment) {
            return new Floors(
                    amount(environment, "BELAY_RUNNER_DISK_FLOOR", 512 * MIB),
                    amount(environment, "BELAY_RUNNER_DISK_BALLAST", 64 * MIB));
        }

        private static long amount(Map<String, String> environment, String name, long usual) {
            String given = environment.getOrDefault(name, "").strip();
            return given.isEmpty()
                    ? usual
                    : Amount.parse(given)
                            .orElseThrow(() -> new IllegalArgumentException(name + "=" + given
                                    + " is not usable: it wants a number, which may end in K, M, G or T"));
        }

        long lower() {
            return floor / 2;
        }

        long critical() {
            return floor / 4;
        }
    }

    private final Floors floors;
    private final Path place;
    private final FreeSpace space;
    private final Ballast ballast;
    private boolean low;
    private volatile long free = Long.MAX_VALUE;
    private volatile String takesNone = "";

    public RunnerDisk(Floors floors, Path place) {
        this(floors, place, FreeSpace.OF_THE_FILE_SYSTEM);
    }

    public RunnerDisk(Floors floors, Path place, FreeSpace space) {
        this.floors = floors;
        this.place = place;
        this.space = space;
        this.ballast = new Ballast(place, floors.ballast());
    }

    /** One without end, for whoever tests something else. */
    public static RunnerDisk endless() {
        return new RunnerDisk(new Floors(0, 0), Path.of("/"), path -> Long.MAX_VALUE);
    }

    /**
     * To be called again and again.
     *
     * @return whether some task has to end
     */
    public synchronized boolean look() {
        try {
            free = space.at(place);
            if (free < floors.lower() && ballast.free()) {
                LOG.warning("the ballast of " + Amount.bytes(ballast.bytes()) + " is given back to the disk");
                free = space.at(place);
            }
            judge();
            return free < floors.critical();
        } catch (IOException unknown) {
            LOG.warning("free disk space is not known: " + unknown.getMessage());
            return false;
        }
    }

    /** On the way back there has to be a little more than what was too little, and the ballast besides. */
    private void judge() throws IOException {
        long enough = floors.floor() + (ballast.stands() ? 0 : ballast.bytes()) + (low ? floors.floor() / 10 : 0);
        boolean now = free < enough;
        if (!now && !ballast.stands()) {
            ballast.make();
            free = space.at(place);
        }
        takesNone = now ? detail() : "";
        if (now != low) {
            low = now;
            if (low) {
                LOG.warning(takesNone + ": no new task is taken");
            } else {
                LOG.info("there is space again, " + Amount.bytes(free) + ": tasks are taken");
            }
        }
    }

    /** Why no new task is taken; empty when it is. */
    public String takesNone() {
        return takesNone;
    }

    public String detail() {
        return "the disk of " + place + " has " + Amount.bytes(free) + " free, less than "
                + Amount.bytes(floors.floor());
    }

    public long free() {
        return free == Long.MAX_VALUE ? 0 : free;
    }

    /** What is so much that its end helps. */
    public long matters() {
        return Math.max(1, floors.floor() / 8);
    }

    /**
     * For whoever could not write: gives the ballast back at once, and tells whether another try may go well. Waits a
     * moment, though interrupted: an end has to be written too.
     */
    public boolean mayHelp(Throwable failure) {
        if (floors.floor() == 0 || !isFull(failure)) {
            return false;
        }
        look();
        boolean interrupted = Thread.interrupted();
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return true;
    }

    /** Whether a disk without space is what is behind it. */
    public static boolean isFull(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (message.contains("no space left") || message.contains("disk quota exceeded")) {
                return true;
            }
        }
        return false;
    }
}
