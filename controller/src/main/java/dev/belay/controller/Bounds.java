package dev.belay.controller;

import dev.belay.proto.bounds.Amount;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How much of everything is taken. What is beyond is refused by a name, with nothing changed.
 *
 * @param promptBytes of one prompt; at most what the tables hold
 * @param scriptBytes of one script
 * @param queuedPerActor tasks of one person that wait for a runner
 * @param queuedPerTenant the same of a whole tenant
 * @param logBytes of one task's events; a task that says more is ended
 * @param watchersPerTask streams of one task's events, at one controller
 * @param watchersPerActor streams that one person has open, at one controller
 * @param slowWatcher how long a watcher may take nothing of what waits for it
 */
public record Bounds(
        int promptBytes,
        int scriptBytes,
        int queuedPerActor,
        int queuedPerTenant,
        long logBytes,
        int watchersPerTask,
        int watchersPerActor,
        Duration slowWatcher,
        Disk disk) {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;

    /**
     * Floors of free space on the disks that the controller writes to.
     *
     * @param floor below it no new work is taken
     * @param ballast what is kept allocated, to be given back in need
     */
    public record Disk(long floor, long ballast) {
        /** Below it the ballast is given back, so that what runs can go on. */
        public long lower() {
            return floor / 2;
        }

        /** Below it nothing is written any more: a database that meets a full disk ends itself. */
        public long last() {
            return floor / 4;
        }
    }

    public static Bounds standard() {
        return from(Map.of());
    }

    /** @throws BelayException E_USAGE naming the variable */
    public static Bounds from(Map<String, String> environment) {
        return new Bounds(
                (int) amount(environment, "BELAY_MAX_PROMPT", 256 * KIB, 1, 256 * KIB),
                (int) amount(environment, "BELAY_MAX_SCRIPT", MIB, 1, MIB),
                (int) amount(environment, "BELAY_MAX_QUEUED", 10_000, 1, Integer.MAX_VALUE),
                (int) amount(environment, "BELAY_MAX_QUEUED_TENANT", 50_000, 1, Integer.MAX_VALUE),
                amount(environment, "BELAY_MAX_LOG", 256 * MIB, 64 * KIB, Long.MAX_VALUE),
                (int) amount(environment, "BELAY_MAX_WATCHERS", 1_000, 1, 100_000),
                (int) amount(environment, "BELAY_MAX_WATCHERS_ACTOR", 2_000, 1, 100_000),
                Duration.ofSeconds(amount(environment, "BELAY_SLOW_WATCHER", 60, 1, 86_400)),
                new Disk(
                        amount(environment, "BELAY_DISK_FLOOR", 512 * MIB, 0, Long.MAX_VALUE),
                        amount(environment, "BELAY_DISK_BALLAST", 64 * MIB, 0, 1024 * MIB)));
    }

    private static long amount(Map<String, String> environment, String name, long usual, long least, long most) {
        String given = environment.getOrDefault(name, "").strip();
        if (given.isEmpty()) {
            return usual;
        }
        OptionalLong amount = Amount.parse(given);
        if (amount.isPresent() && amount.getAsLong() >= least && amount.getAsLong() <= most) {
            return amount.getAsLong();
        }
        throw BelayException.of(
                ErrorCode.E_USAGE,
                name + "=" + given + " is not usable",
                "the controller wants a number from " + least + " to " + most + ", which may end in K, M, G or T",
                "unset " + name + ", or: export " + name + "=" + usual);
    }
}
