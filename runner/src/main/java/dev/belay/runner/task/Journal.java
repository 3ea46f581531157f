package dev.belay.runner.task;

import com.google.protobuf.Timestamp;
import dev.belay.proto.v1.Event;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Writes one task's events, with their time and actor, to its spool. */
final class Journal {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Spool spool;
    private final InstantSource clock;
    private final RunnerDisk disk;

    Journal(Spool spool, InstantSource clock, RunnerDisk disk) {
        this.spool = spool;
        this.clock = clock;
        this.disk = disk;
    }

    void write(Event.Builder event, int turn, int step, String actor) {
        write(event, turn, step, actor, Optional.empty(), false);
    }

    /** Returns when the event is on disk. */
    void writeDurably(Event.Builder event, int turn, int step, String actor) {
        write(event, turn, step, actor, Optional.empty(), true);
    }

    void write(Event.Builder event, int turn, int step, String actor, Optional<Path> pack, boolean durable) {
        Event whole =
                event.setAt(now()).setTurn(turn).setStep(step).setActor(actor).build();
        long seq = written(() -> spool.append(whole, pack));
        if (durable) {
            written(() -> {
                spool.awaitDurable(seq);
                return seq;
            });
        }
    }

    private interface Write {
        long made() throws IOException;
    }

    private long written(Write write) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return write.made();
            } catch (IOException failed) {
                // The spool is as it was before: all of a record or nothing of it is written.
                if (System.nanoTime() > deadline || !disk.mayHelp(failed)) {
                    throw new UncheckedIOException("the runner's spool cannot be written", failed);
                }
            }
        }
    }

    /** Something else that needs the disk, and that may be done again when there was no space for it. */
    interface Work<T> {
        T done() throws IOException, InterruptedException;
    }

    <T> T patiently(Work<T> work) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return work.done();
            } catch (IOException failed) {
                if (System.nanoTime() > deadline || !disk.mayHelp(failed)) {
                    throw failed;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException("no space on the disk, and no time to wait for it");
                }
            }
        }
    }

    Spool spool() {
        return spool;
    }

    Timestamp now() {
        Instant now = clock.instant();
        return Timestamp.newBuilder()
                .setSeconds(now.getEpochSecond())
                .setNanos(now.getNano())
                .build();
    }
}
