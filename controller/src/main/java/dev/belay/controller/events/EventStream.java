package dev.belay.controller.events;

import dev.belay.controller.Timings;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.json.ProtoJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task's log as server-sent events, made while it is read: the database is the buffer, so a slow reader holds one page
 * and nobody waits for it. Where a stream broke, another one from the last id goes on without a gap.
 */
abstract class EventStream extends InputStream {
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.UTF_8);

    /**
     * What is read, and by whom.
     *
     * @param saying also what the task's model is just saying
     */
    record Source(SharedPages pages, Speeches speeches, Caller caller, String task, boolean follow, boolean saying) {}

    private final Source source;
    private final Feed.Watch watch;
    private final Timings timings;
    private final Runnable hangUp;

    private volatile long after;
    private Speeches.Heard heard = Speeches.Heard.NOTHING;
    private byte[] ready = new byte[0];
    private int position;
    private long lastWritten = System.nanoTime();
    private volatile boolean closed;
    private final AtomicBoolean over = new AtomicBoolean();
    /** When the reader was last given something, and whether it has come back for more since. */
    private volatile long lastGiven = System.nanoTime();

    private volatile boolean asks;

    EventStream(Source source, Feed.Watch watch, Timings timings, long after, Runnable hangUp) {
        this.source = source;
        this.watch = watch;
        this.timings = timings;
        this.after = after;
        this.hangUp = hangUp;
    }

    /** Called once. */
    abstract void ended();

    /** How long its reader has not come back for what is or may be ready. */
    Duration untakenFor() {
        return asks ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lastGiven);
    }

    /** The last event that is on its way to the reader, or with it. */
    long last() {
        return after;
    }

    void cut() {
        close();
        hangUp.run();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        asks = true;
        try {
            while (position == ready.length) {
                if (closed || !more()) {
                    return -1;
                }
            }
            int count = Math.min(length, ready.length - position);
            System.arraycopy(ready, position, into, offset, count);
            position += count;
            lastWritten = System.nanoTime();
            return count;
        } finally {
            lastGiven = System.nanoTime();
            asks = false;
        }
    }

    /** False at the end. May return with nothing ready. */
    private boolean more() throws IOException {
        try {
            SharedPages.Page page = source.pages().after(source.caller(), source.task(), after, watch.lastChange());
            if (!page.isEmpty()) {
                after = page.last();
                ready(page.text());
                return true;
            }
            if (after >= page.end().lastSeq() && (page.end().terminal() || !source.follow())) {
                return false;
            }
            // Not before the log was given as far as it goes: what is said comes after it.
            if (source.saying() && say()) {
                return true;
            }
            long quiet = System.nanoTime() - lastWritten;
            if (quiet >= timings.keepAlive().toNanos()) {
                ready(KEEP_ALIVE);
                return true;
            }
            // Rung by whoever appends, here or at another controller, and by Watched, which looks for all of us.
            watch.await(timings.keepAlive().minusNanos(quiet));
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the stream was stopped");
        }
    }

    private boolean say() {
        Optional<Speeches.Next> next = source.speeches().after(source.task(), heard);
        next.ifPresent(words -> {
            heard = words.heard();
            ready(("event: saying\ndata: " + ProtoJson.write(words.saying()).print() + "\n\n")
                    .getBytes(StandardCharsets.UTF_8));
        });
        return next.isPresent();
    }

    private void ready(byte[] bytes) {
        ready = bytes;
        position = 0;
    }

    @Override
    public String toString() {
        return "a stream of " + source.task() + " to " + source.caller().actor();
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        if (over.compareAndSet(false, true)) {
            ended();
        }
    }
}
