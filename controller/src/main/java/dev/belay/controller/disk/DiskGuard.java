package dev.belay.controller.disk;

import dev.belay.controller.Bounds;
import dev.belay.controller.Settings;
import dev.belay.proto.bounds.Amount;
import dev.belay.proto.disk.Ballast;
import dev.belay.proto.disk.FreeSpace;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Disk;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks how much space is left where the controller writes. Below a floor nothing new is begun; below half of it the
 * ballast is given back, so that what runs can end; below a quarter nothing is written any more, since PostgreSQL ends
 * itself on a full disk. With space again the ballast is made first, then work is taken.
 */
@Singleton
public final class DiskGuard {
    private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);

    /** In the order in which it gets worse. */
    public enum Level {
        OK,
        LOW,
        LOWER,
        FULL
    }

    private final Bounds.Disk floors;
    private final List<Path> places;
    private final FreeSpace space;
    private final Ballast ballast;

    private Level level = Level.OK;
    private long free = Long.MAX_VALUE;
    private Path fullest;

    public DiskGuard(Settings settings) {
        this(settings.bounds().disk(), settings.home(), List.of(settings.packs()), FreeSpace.OF_THE_FILE_SYSTEM);
    }

    /**
     * @param home where the ballast is
     * @param others what may be on other disks
     */
    DiskGuard(Bounds.Disk floors, Path home, List<Path> others, FreeSpace space) {
        this.floors = floors;
        this.places = Stream.concat(Stream.of(home), others.stream()).toList();
        this.space = space;
        this.ballast = new Ballast(home, floors.ballast());
        this.fullest = home;
    }

    /**
     * Before a database starts here: gives the ballast back when that is what a start needs.
     *
     * @throws BelayException E_DISK_FULL when there is too little space even so
     */
    public static void makeRoom(Settings settings) {
        DiskGuard guard = new DiskGuard(settings);
        if (!guard.hasRoom()) {
            throw guard.refusal("the controller does not start");
        }
    }

    /** Whether a database that died may be started again: on a full disk it would die again. */
    public static boolean isRoom(Settings settings) {
        return new DiskGuard(settings).hasRoom();
    }

    private synchronized boolean hasRoom() {
        try {
            measureAndSpare();
            level = free < floors.last() ? Level.FULL : level;
        } catch (IOException unknown) {
            LOG.warn("the disk's space is not known: {}", unknown.toString());
        }
        return level != Level.FULL;
    }

    /** To be called again and again. */
    public synchronized Level look() {
        try {
            measureAndSpare();
            Level now = judged();
            if (now == Level.OK && !ballast.stands()) {
                ballast.make();
                measure();
            }
            enter(now);
        } catch (IOException unknown) {
            // What cannot be measured or made is no reason to take more work, and none to stop what runs.
            LOG.warn("the disk's space is not known: {}", unknown.toString());
            enter(level == Level.OK ? Level.LOW : level);
        }
        return level;
    }

    private void measureAndSpare() throws IOException {
        measure();
        if (free < floors.lower() && ballast.free()) {
            LOG.warn("the ballast of {} is given back to the disk", Amount.bytes(ballast.bytes()));
            measure();
        }
    }

    private void measure() throws IOException {
        free = Long.MAX_VALUE;
        for (Path place : places) {
            if (Files.exists(place)) {
                long here = space.at(place);
                if (here < free) {
                    free = here;
                    fullest = place;
                }
            }
        }
    }

    private Level judged() {
        if (free < floors.last()) {
            return Level.FULL;
        }
        if (free < floors.lower()) {
            return Level.LOWER;
        }
        // On the way back there has to be a little more than what was too little, and the ballast besides.
        long enough = floors.floor()
                + (ballast.stands() ? 0 : ballast.bytes())
                + (level == Level.OK ? 0 : floors.floor() / 10);
        return free < enough ? Level.LOW : Level.OK;
    }

    private void enter(Level now) {
        if (now == level) {
            return;
        }
        level = now;
        if (now == Level.OK) {
            LOG.info("there is space again, {}: work is taken", Amount.bytes(free));
        } else {
            LOG.warn("{}", detail());
        }
    }

    /** @throws BelayException E_DISK_FULL when nothing new is begun now */
    public void admit(String what) {
        if (look() != Level.OK) {
            throw refusal(what);
        }
    }

    /** Whether even what runs has to wait with what it wrote. */
    public synchronized boolean full() {
        return level == Level.FULL;
    }

    private synchronized BelayException refusal(String what) {
        return BelayException.of(
                ErrorCode.E_DISK_FULL,
                what + ": the controller's disk is full",
                "controller: " + detail(),
                "free space on the disk of " + fullest + ", or lower BELAY_DISK_FLOOR; then the same again");
    }

    public synchronized Disk status() {
        return Disk.newBuilder()
                .setState(level.name().toLowerCase(Locale.ROOT))
                .setFreeBytes(free)
                .setFloorBytes(floors.floor())
                .setDetail(level == Level.OK ? "" : detail())
                .build();
    }

    private String detail() {
        String left = Amount.bytes(free) + " are free on the disk of " + fullest + ", less than "
                + Amount.bytes(floors.floor());
        return switch (level) {
            case OK -> left;
            case LOW -> left + ": no new task is taken, what runs goes on";
            case LOWER -> left + ": no new task is taken, and the ballast is given back so that what runs can end";
            case FULL -> left + ": nothing is written until there is space; what runs waits";
        };
    }
}
