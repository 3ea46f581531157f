package dev.belay.controller.events;

import dev.belay.controller.Timings;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.Event;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A task's log as server-sent events, made while it is read: the database is the buffer, so a slow reader holds one page
 * and nobody waits for it. Where a stream broke, another one from the last id goes on without a gap.
 */
final class EventStream extends InputStream {
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.UTF_8);

    private final EventLog log;
    private final Caller caller;
    private final String task;
    private final boolean follow;
    private final Timings timings;
    private final Feed.Watch watch;

    private long after;
    private byte[] ready = new byte[0];
    private int position;
    private long lastWritten = System.nanoTime();
    private volatile boolean closed;

    EventStream(EventLog log, Feed feed, Timings timings, Caller caller, String task, long after, boolean follow) {
        this.log = log;
        this.caller = caller;
        this.task = task;
        this.after = after;
        this.follow = follow;
        this.timings = timings;
        this.watch = feed.watch(task);
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
    }

    /** False at the end. May return with nothing ready. */
    private boolean more() throws IOException {
        // Read before the page: what is committed up to here is in the page or in one after it.
        EventLog.End end = log.end(caller, task);
        List<Event> page = log.page(caller, task, after);
        if (!page.isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (Event event : page) {
                after = event.getSeq();
                write(event, text);
            }
            ready(text.toString().getBytes(StandardCharsets.UTF_8));
            return true;
        }
        if (after >= end.lastSeq() && (end.terminal() || !follow)) {
            return false;
        }
        long quiet = System.nanoTime() - lastWritten;
        if (quiet >= timings.keepAlive().toNanos()) {
            ready(KEEP_ALIVE);
            return true;
        }
        try {
            // Rung by whoever appends, here or at another controller, and by Watched, which looks for all of us.
            watch.await(timings.keepAlive().minusNanos(quiet));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the stream was stopped");
        }
        return true;
    }

    private void ready(byte[] bytes) {
        ready = bytes;
        position = 0;
    }

    private static void write(Event event, StringBuilder out) {
        out.append("id: ").append(event.getSeq()).append('\n');
        String kind = ProtoJson.kind(event);
        if (!kind.isEmpty()) {
            out.append("event: ").append(kind).append('\n');
        }
        out.append("data: ").append(ProtoJson.write(event).print()).append("\n\n");
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
    }
}
