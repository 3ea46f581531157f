package dev.belay.runner.link;

import dev.belay.proto.v1.EventBatch;
import dev.belay.proto.v1.RunnerEvent;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.SnapshotFailed;
import dev.belay.runner.spool.Spool;
import dev.belay.runner.task.Packs;
import dev.belay.runner.task.TaskHouse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Sends one task's record, batch by batch, each after the one before it was acknowledged; after a reconnect it goes on
 * with the first that was not. The pack that an event needs is at the controller before the event is sent.
 */
final class RecordSender {
    private static final Logger LOG = Logger.getLogger(RecordSender.class.getName());
    private static final int BATCH = 200;

    private final TaskHouse.Open record;
    private final Packs packs;
    private final Predicate<RunnerMessage> send;
    private final BiConsumer<TaskHouse.Open, String> snapshotRefused;
    private final Runnable finished;
    private final Map<Long, String> refused = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;

    private boolean connected;
    private boolean stopped;
    /** Grows with every connection, so that a wait for an answer ends when the connection that should bring it does. */
    private long connection;

    RecordSender(
            TaskHouse.Open record,
            Packs packs,
            Predicate<RunnerMessage> send,
            BiConsumer<TaskHouse.Open, String> snapshotRefused,
            Runnable finished) {
        this.snapshotRefused = snapshotRefused;
        this.record = record;
        this.packs = packs;
        this.send = send;
        this.finished = finished;
        this.thread = Thread.ofVirtual().name("send-" + record.task()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void connected() {
        signal(() -> {
            connected = true;
            connection++;
        });
    }

    void disconnected() {
        signal(() -> {
            connected = false;
            connection++;
        });
    }

    void acknowledged(long seq) {
        signal(() -> record.spool().acknowledge(seq));
    }

    void stop() {
        signal(() -> stopped = true);
        thread.interrupt();
    }

    private void signal(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Spool spool = record.spool();
        try {
            while (!spool.finished()) {
                long acked = spool.lastAcked();
                List<Spool.Entry> batch = spool.after(acked, BATCH);
                if (spool.closed()) {
                    return;
                }
                long on = awaitConnection();
                if (storePacks(batch) && sendBatch(batch)) {
                    long last = batch.getLast().event().getRunnerSeq();
                    awaitAcknowledgement(last, on);
                }
            }
            finished.run();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException broken) {
            LOG.log(Level.SEVERE, "the record of task " + record.task() + " cannot be sent", broken);
        }
    }

    private long awaitConnection() throws InterruptedException {
        lock.lock();
        try {
            while (!connected && !stopped) {
                changed.await();
            }
            if (stopped) {
                throw new InterruptedException();
            }
            return connection;
        } finally {
            lock.unlock();
        }
    }

    private void awaitAcknowledgement(long seq, long on) throws InterruptedException {
        lock.lock();
        try {
            while (record.spool().lastAcked() < seq && connection == on && !stopped) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** @return false when it has to be tried again */
    private boolean storePacks(List<Spool.Entry> batch) throws InterruptedException {
        for (Spool.Entry entry : batch) {
            if (entry.pack().isEmpty() || refused.containsKey(entry.event().getRunnerSeq())) {
                continue;
            }
            if (!Files.isReadable(entry.pack().get())) {
                refuse(
                        entry,
                        "its pack is gone from the runner: "
                                + entry.pack().get().getFileName());
                continue;
            }
            String sha256 =
                    entry.event().getEvent().getSnapshotCreated().getSnapshot().getPackSha256();
            try {
                packs.store(record.task(), record.epoch(), sha256, entry.pack().get());
            } catch (IOException failed) {
                if (GrpcPacks.isFinal(failed)) {
                    refuse(entry, String.valueOf(failed.getMessage()));
                    continue;
                }
                LOG.warning("a pack of task " + record.task() + " is sent again: " + failed.getMessage());
                pause();
                return false;
            }
        }
        return true;
    }

    /** The event keeps its number and says what is true: there is no snapshot of this step. */
    private void refuse(Spool.Entry entry, String reason) {
        refused.put(entry.event().getRunnerSeq(), reason);
        snapshotRefused.accept(record, reason);
    }

    private RunnerEvent truthful(RunnerEvent event) {
        String reason = refused.get(event.getRunnerSeq());
        if (reason == null) {
            return event;
        }
        return event.toBuilder()
                .setEvent(event.getEvent().toBuilder()
                        .setSnapshotFailed(SnapshotFailed.newBuilder()
                                .setStep(event.getEvent().getStep())
                                .setReason(reason)))
                .build();
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long now = connection;
            long left = TimeUnit.MILLISECONDS.toNanos(500);
            while (connection == now && !stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean sendBatch(List<Spool.Entry> batch) {
        EventBatch.Builder events =
                EventBatch.newBuilder().setTask(record.task()).setEpoch(record.epoch());
        batch.forEach(entry -> events.addEvents(truthful(entry.event())));
        return send.test(RunnerMessage.newBuilder().setEvents(events).build());
    }
}
