package dev.belay.runner.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A socket's own bytes, counted. */
final class SocketWire extends Wire {
    private final Socket socket;
    private final Flow flow;
    private final long idleNanos;
    private final InputStream in;
    private final OutputStream out;
    private boolean hasDeadline;
    private long deadline;
    private volatile long writingSince;

    SocketWire(Socket socket, Flow flow, Duration idle) throws IOException {
        this.socket = socket;
        this.flow = flow;
        this.idleNanos = idle.toNanos();
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
    }

    @Override
    void within(Duration time) {
        hasDeadline = true;
        deadline = System.nanoTime() + time.toNanos();
    }

    @Override
    void atEase() {
        hasDeadline = false;
    }

    @Override
    void write(byte[] bytes, int count) throws IOException {
        flow.leaving(count);
        writingSince = System.nanoTime() | 1;
        try {
            out.write(bytes, 0, count);
        } finally {
            writingSince = 0;
        }
    }

    @Override
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    boolean stuck(long now) {
        long since = writingSince;
        return since != 0 && now - since > idleNanos;
    }

    @Override
    Socket socket() {
        return socket;
    }

    @Override
    int receive(byte[] bytes, int most) throws IOException {
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
