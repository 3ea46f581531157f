package dev.belay.runner.link;

import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.Spoken;
import dev.belay.runner.task.Speech;
import dev.belay.runner.task.TaskHouse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Sends what a task's model is just saying. Nothing waits for it and nothing is kept for it: what a connection does not take
 * at once is dropped, and the next piece that comes through brings all from the beginning of the turn.
 */
final class SpeechSender {
    /** However fast a model is, its words cost twenty messages a second. */
    private static final Duration PACE = Duration.ofMillis(50);

    private final TaskHouse.Open record;
    private final Predicate<RunnerMessage> send;
    private final LongSupplier connection;

    /** @param connection another number for every connection */
    SpeechSender(TaskHouse.Open record, Predicate<RunnerMessage> send, LongSupplier connection) {
        this.record = record;
        this.send = send;
        this.connection = connection;
    }

    /** Ends with the speech. */
    void start() {
        Thread.ofVirtual().name("say-" + record.task()).start(() -> {
            try {
                run();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void run() throws InterruptedException {
        Speech speech = record.speech();
        Speech.Part last = Speech.Part.NONE;
        long through = -1;
        Optional<Speech.Part> next = speech.after(last);
        while (next.isPresent()) {
            long now = connection.getAsLong();
            Speech.Part part = now == through || next.get().from() == 0
                    ? next.get()
                    : speech.after(Speech.Part.NONE).orElse(next.get());
            through = send.test(message(part)) ? now : -1;
            last = part;
            Thread.sleep(PACE);
            next = speech.after(last);
        }
    }

    private RunnerMessage message(Speech.Part part) {
        return RunnerMessage.newBuilder()
                .setSpoken(Spoken.newBuilder()
                        .setTask(record.task())
                        .setEpoch(record.epoch())
                        .setTurn(part.turn())
                        .setFrom(part.from())
                        .setText(part.text()))
                .build();
    }
}
