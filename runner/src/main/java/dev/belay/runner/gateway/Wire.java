package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** One end of a connection, buffered and counted, on which no read waits for ever. One thread reads, one may write. */
final class Wire {
    static final int PIECE = 64 * 1024;
    private static final Duration FAREWELL = Duration.ofMillis(500);
    private static final int FAREWELL_BYTES = 1 << 20;

    private final Socket socket;
    private final Flow flow;
    private final long idleNanos;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[16 * 1024];
    private int at;
    private int end;
    private boolean hasDeadline;
    private long deadline;
    private volatile long writingSince;

    Wire(Socket socket, Flow flow, Duration idle) throws IOException {
        this.socket = socket;
        this.flow = flow;
        this.idleNanos = idle.toNanos();
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
    }

    /** From now on all reads together, however slowly the bytes drip. */
    void within(Duration time) {
        hasDeadline = true;
        deadline = System.nanoTime() + time.toNanos();
    }

    /** From now on every read may take the whole idle time. */
    void atEase() {
        hasDeadline = false;
    }

    /** −1 at the end. */
    int peek() throws IOException {
        return at < end || fill() ? buffer[at] & 0xff : -1;
    }

    /** −1 at the end. */
    int read() throws IOException {
        return at < end || fill() ? buffer[at++] & 0xff : -1;
    }

    /** At least one byte and what else is there already; −1 at the end. */
    int read(byte[] bytes, int most) throws IOException {
        if (at < end) {
            int count = Math.min(most, end - at);
            System.arraycopy(buffer, at, bytes, 0, count);
            at += count;
            return count;
        }
        return receive(bytes, most);
    }

    /** Shorter than asked for at the end. */
    byte[] upTo(int count) throws IOException {
        byte[] bytes = new byte[Math.max(count, 0)];
        for (int filled = 0; filled < bytes.length; filled++) {
            int next = read();
            if (next < 0) {
                return Arrays.copyOf(bytes, filled);
            }
            bytes[filled] = (byte) next;
        }
        return bytes;
    }

    byte[] exactly(int count) throws IOException {
        byte[] bytes = upTo(count);
        if (bytes.length < count) {
            throw new EOFException("ended early");
        }
        return bytes;
    }

    void write(byte[] bytes) throws IOException {
        write(bytes, bytes.length);
    }

    void write(byte[] bytes, int count) throws IOException {
        flow.leaving(count);
        writingSince = System.nanoTime() | 1;
        try {
            out.write(bytes, 0, count);
        } finally {
            writingSince = 0;
        }
    }

    /** A write cannot be given a time; whoever watches ends the connection. */
    boolean stuck(long now) {
        long since = writingSince;
        return since != 0 && now - since > idleNanos;
    }

    Socket socket() {
        return socket;
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Takes what is still coming for a moment, so that closing does not destroy the answer on its way. */
    void farewell() throws IOException {
        endOutput();
        within(FAREWELL);
        byte[] waste = new byte[8 * 1024];
        int left = FAREWELL_BYTES;
        for (int count = 0; count >= 0 && left > 0; left -= count) {
            count = read(waste, waste.length);
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = 0;
        end = Math.max(receive(buffer, buffer.length), 0);
        return end > 0;
    }

    private int receive(byte[] bytes, int most) throws IOException {
        long nanos = hasDeadline ? Math.min(idleNanos, deadline - System.nanoTime()) : idleNanos;
        if (nanos <= 0) {
            throw new SocketTimeoutException("out of time");
        }
        socket.setSoTimeout((int) Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos), 1, Integer.MAX_VALUE));
        int count = in.read(bytes, 0, most);
        if (count > 0) {
            flow.arrived(count);
        }
        return count;
    }
}
