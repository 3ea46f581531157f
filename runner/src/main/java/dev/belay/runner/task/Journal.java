package dev.belay.runner.task;

import com.google.protobuf.Timestamp;
import dev.belay.proto.v1.Event;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Writes one task's events, with their time and actor, to its spool. */
final class Journal {
    private final Spool spool;
    private final InstantSource clock;

    Journal(Spool spool, InstantSource clock) {
        this.spool = spool;
        this.clock = clock;
    }

    void write(Event.Builder event, int turn, int step, String actor) {
        write(event, turn, step, actor, Optional.empty(), false);
    }

    /** Returns when the event is on disk. */
    void writeDurably(Event.Builder event, int turn, int step, String actor) {
        write(event, turn, step, actor, Optional.empty(), true);
    }

    void write(Event.Builder event, int turn, int step, String actor, Optional<Path> pack, boolean durable) {
        try {
            spool.append(
                    event.setAt(now())
                            .setTurn(turn)
                            .setStep(step)
                            .setActor(actor)
                            .build(),
                    pack,
                    durable);
        } catch (IOException e) {
            throw new UncheckedIOException("the runner's spool cannot be written", e);
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
