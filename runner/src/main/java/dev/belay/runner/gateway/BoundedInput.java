package dev.belay.runner.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** The first bytes of a connection: so many and no more, until a moment and no longer, however slowly they drip. */
final class BoundedInput {
    private final Socket socket;
    private final InputStream in;
    private final long deadline;
    private int left;

    BoundedInput(Socket socket, int bytes, long nanos) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.deadline = System.nanoTime() + nanos;
        this.left = bytes;
    }

    /** −1 at the end, and once the bytes or the time are used up. */
    int read() throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left-- <= 0 || millis <= 0) {
            return -1;
        }
        try {
            socket.setSoTimeout((int) millis);
            return in.read();
        } catch (SocketTimeoutException late) {
            return -1;
        }
    }

    /** Shorter than asked for at the end. */
    byte[] read(int count) throws IOException {
        byte[] bytes = new byte[Math.min(count, Math.max(left, 0))];
        for (int at = 0; at < bytes.length; at++) {
            int next = read();
            if (next < 0) {
                return java.util.Arrays.copyOf(bytes, at);
            }
            bytes[at] = (byte) next;
        }
        return bytes;
    }

    /** Takes what is still coming, so that closing does not destroy the answer on its way. */
    void drain() throws IOException {
        while (read() >= 0) {
            if (in.available() > 0) {
                left -= (int) in.skip(Math.min(in.available(), Math.max(left, 0)));
            }
        }
    }
}
