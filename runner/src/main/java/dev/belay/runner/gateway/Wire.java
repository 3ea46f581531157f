package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;

/** One end of a connection, buffered, on which no read waits for ever. One thread reads, one may write. */
abstract sealed class Wire permits SocketWire, TlsWire {
    static final int PIECE = 32 * 1024;
    private static final Duration FAREWELL = Duration.ofMillis(500);
    private static final int FAREWELL_BYTES = 1 << 20;

    private final byte[] buffer = new byte[16 * 1024];
    private int at;
    private int end;

    interface Pause {
        void passed() throws IOException;
    }

    /** From now on all reads together, however slowly the bytes drip. */
    abstract void within(Duration time);

    /** From now on every read may take the whole idle time. */
    abstract void atEase();

    /** Does this on the reading thread, once in each read that has waited so long; the read goes on. */
    abstract void whenPaused(Duration time, Pause pause);

    abstract void write(byte[] bytes, int count) throws IOException;

    /** The other end hears that nothing more is said. */
    abstract void endOutput() throws IOException;

    /** A write cannot be given a time; whoever watches ends the connection. */
    abstract boolean stuck(long now);

    abstract Socket socket();

    /** At least one byte, past the buffer; −1 at the end. */
    abstract int receive(byte[] bytes, int most) throws IOException;

    /** −1 at the end. */
    final int peek() throws IOException {
        return at < end || fill() ? buffer[at] & 0xff : -1;
    }

    /** −1 at the end. */
    final int read() throws IOException {
        return at < end || fill() ? buffer[at++] & 0xff : -1;
    }

    /** At least one byte and what else is there already; −1 at the end. */
    final int read(byte[] bytes, int most) throws IOException {
        if (at < end) {
            int count = Math.min(most, end - at);
            System.arraycopy(buffer, at, bytes, 0, count);
            at += count;
            return count;
        }
        return receive(bytes, most);
    }

    /** Shorter than asked for at the end. */
    final byte[] upTo(int count) throws IOException {
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

    final byte[] exactly(int count) throws IOException {
        byte[] bytes = upTo(count);
        if (bytes.length < count) {
            throw new EOFException("ended early");
        }
        return bytes;
    }

    final void write(byte[] bytes) throws IOException {
        write(bytes, bytes.length);
    }

    /** Takes what is still coming for a moment, so that closing does not destroy the answer on its way. */
    final void farewell() throws IOException {
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
}
