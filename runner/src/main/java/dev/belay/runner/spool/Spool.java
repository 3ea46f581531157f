package dev.belay.runner.spool;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.RunnerEvent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/**
 * The events of one task and epoch on this runner's disk, until the controller has them.
 *
 * <p>Guarantees: runner_seq has no gaps; nothing is handed out for sending before it is on disk; after a crash every
 * record that was handed out is there again, and a torn tail is cut off. A record that names a pack keeps the name, so
 * that the pack can be sent first. An interrupt of the thread that writes stops neither the write nor the spool: a task is
 * cancelled by an interrupt, and its end must be written all the same. What is not acknowledged is bounded: beyond 64 MiB
 * a writer waits for the controller, until it is interrupted. A writer waits for the disk only when it asks for that: what
 * is flushed for sending keeps nobody from writing more.
 */
public final class Spool implements AutoCloseable {
    private static final int HEADER = 8;
    private static final int MAX_RECORD = 16 << 20;
    private static final int BATCH_BYTES = 2 << 20;
    private static final long MOST_PENDING = 64 << 20;

    /** An event and the pack that must be at the controller before it. */
    public record Entry(RunnerEvent event, Optional<Path> pack) {}

    /** Brings to the disk what was written. */
    interface Flush {
        void of(RandomAccessFile disk) throws IOException;
    }

    private final Path file;
    private final RandomAccessFile disk;
    private final long mostPending;
    private final Flush flush;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Not acknowledged yet, in order. INVARIANT: their sequence numbers follow each other without gaps. */
    private final Deque<Entry> pending = new ArrayDeque<>();

    /** Where the last whole record ends. */
    private long end;

    private long pendingBytes;
    private long lastWritten;
    private long lastDurable;
    private long lastAcked;
    private int flushing;
    private boolean sealed;
    private boolean closed;

    private Spool(Path file, RandomAccessFile disk, long mostPending, Flush flush) {
        this.file = file;
        this.disk = disk;
        this.mostPending = mostPending;
        this.flush = flush;
    }

    /** Opens the spool with what a former process left in it. */
    public static Spool open(Path file) throws IOException {
        return open(file, MOST_PENDING);
    }

    static Spool open(Path file, long mostPending) throws IOException {
        return open(file, mostPending, disk -> disk.getFD().sync());
    }

    static Spool open(Path file, long mostPending, Flush flush) throws IOException {
        Files.createDirectories(file.getParent());
        Spool spool = new Spool(file, new RandomAccessFile(file.toFile(), "rw"), mostPending, flush);
        spool.recover();
        return spool;
    }

    private void recover() throws IOException {
        long size = disk.length();
        while (end + HEADER <= size) {
            disk.seek(end);
            int length = disk.readInt();
            int checksum = disk.readInt();
            if (length <= 0 || length > MAX_RECORD || end + HEADER + length > size) {
                break;
            }
            byte[] body = new byte[length];
            disk.readFully(body);
            if (checksum(body) != checksum) {
                break;
            }
            Entry entry = decode(body);
            add(entry);
            lastWritten = entry.event().getRunnerSeq();
            sealed |= isEnd(entry.event().getEvent());
            end += HEADER + length;
        }
        disk.setLength(end);
        lastDurable = lastWritten;
        lastAcked = pending.isEmpty() ? 0 : pending.getFirst().event().getRunnerSeq() - 1;
    }

    /**
     * Adds an event. When this fails, nothing was added.
     *
     * @return its number, for {@link #awaitDurable}
     */
    public long append(Event event, Optional<Path> pack) throws IOException {
        lock.lock();
        try {
            awaitRoom();
            if (sealed || closed) {
                throw new IOException("this task's record has ended");
            }
            Entry entry = new Entry(
                    RunnerEvent.newBuilder()
                            .setRunnerSeq(lastWritten + 1)
                            .setEvent(event)
                            .build(),
                    pack);
            byte[] body = encode(entry);
            write(ByteBuffer.allocate(HEADER + body.length)
                    .putInt(body.length)
                    .putInt(checksum(body))
                    .put(body)
                    .array());
            lastWritten++;
            add(entry);
            sealed = isEnd(event);
            changed.signalAll();
            return lastWritten;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when everything up to {@code seq} is on disk. */
    public void awaitDurable(long seq) throws IOException {
        lock.lock();
        try {
            flushUpTo(seq);
        } finally {
            lock.unlock();
        }
    }

    /** Whoever is interrupted has an end to write, and waits for nobody. */
    private void awaitRoom() {
        try {
            while (pendingBytes >= mostPending && !sealed && !closed) {
                changed.await();
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(Entry entry) {
        pending.add(entry);
        pendingBytes += entry.event().getSerializedSize();
    }

    /** All of the record or nothing of it: behind a torn one, recovery would find no other. */
    private void write(byte[] record) throws IOException {
        try {
            disk.seek(end);
            disk.write(record);
            end += record.length;
        } catch (IOException full) {
            disk.setLength(end);
            throw full;
        }
    }

    /** Gives up the lock while the disk works. */
    private void flushUpTo(long seq) throws IOException {
        if (lastDurable >= seq) {
            return;
        }
        long covered = lastWritten;
        flushing++;
        lock.unlock();
        try {
            flush.of(disk);
        } finally {
            lock.lock();
            flushing--;
            changed.signalAll();
        }
        lastDurable = Math.max(lastDurable, covered);
    }

    /** Entries after {@code seq}, at most {@code most} and about 2 MiB, all of them on disk; waits for one to come. */
    public List<Entry> after(long seq, int most) throws IOException, InterruptedException {
        lock.lock();
        try {
            while (lastWritten <= seq && !closed) {
                changed.await();
            }
            if (lastWritten > seq && !closed) {
                flushUpTo(lastWritten);
            }
            List<Entry> batch = new ArrayList<>();
            int bytes = 0;
            for (Entry entry : pending) {
                // What was written while the disk worked waits for its next turn.
                if (batch.size() == most || bytes > BATCH_BYTES || entry.event().getRunnerSeq() > lastDurable) {
                    break;
                }
                if (entry.event().getRunnerSeq() > seq) {
                    batch.add(entry);
                    bytes += entry.event().getSerializedSize();
                }
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** The controller has committed everything up to {@code seq}. */
    public void acknowledge(long seq) {
        lock.lock();
        try {
            while (!pending.isEmpty() && pending.getFirst().event().getRunnerSeq() <= seq) {
                pendingBytes -= pending.removeFirst().event().getSerializedSize();
            }
            lastAcked = Math.max(lastAcked, Math.min(seq, lastWritten));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** True when the epoch's last event is written and acknowledged: there is nothing more to say. */
    public boolean finished() {
        lock.lock();
        try {
            return sealed && lastAcked >= lastWritten;
        } finally {
            lock.unlock();
        }
    }

    /** True when the epoch's last event is written. */
    public boolean sealed() {
        lock.lock();
        try {
            return sealed;
        } finally {
            lock.unlock();
        }
    }

    public long lastWritten() {
        lock.lock();
        try {
            return lastWritten;
        } finally {
            lock.unlock();
        }
    }

    public long lastAcked() {
        lock.lock();
        try {
            return lastAcked;
        } finally {
            lock.unlock();
        }
    }

    public boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is sent; the file stays. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            while (flushing > 0) {
                changed.awaitUninterruptibly();
            }
            disk.close();
        } finally {
            lock.unlock();
        }
    }

    public void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    private static boolean isEnd(Event event) {
        return switch (event.getTaskState().getTo()) {
            case TASK_STATE_SUCCEEDED, TASK_STATE_FAILED, TASK_STATE_CANCELLED -> true;
            // These give the task back.
            case TASK_STATE_QUEUED, TASK_STATE_PAUSED, TASK_STATE_WAITING -> true;
            default -> false;
        };
    }

    private static byte[] encode(Entry entry) {
        byte[] pack = entry.pack()
                .map(path -> path.toString().getBytes(StandardCharsets.UTF_8))
                .orElse(new byte[0]);
        byte[] event = entry.event().toByteArray();
        return ByteBuffer.allocate(2 + pack.length + event.length)
                .putShort((short) pack.length)
                .put(pack)
                .put(event)
                .array();
    }

    private static Entry decode(byte[] body) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(body);
        byte[] pack = new byte[buffer.getShort()];
        buffer.get(pack);
        try {
            return new Entry(
                    RunnerEvent.parseFrom(buffer),
                    pack.length == 0
                            ? Optional.empty()
                            : Optional.of(Path.of(new String(pack, StandardCharsets.UTF_8))));
        } catch (InvalidProtocolBufferException damaged) {
            throw new IOException("the spool holds a record that its checksum does not explain", damaged);
        }
    }

    private static int checksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
