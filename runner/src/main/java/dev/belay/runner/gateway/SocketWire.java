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
    private long pauseNanos = Long.MAX_VALUE;
    private Pause pause = () -> {};
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
    void whenPaused(Duration time, Pause pause) {
        this.pauseNanos = time.toNanos();
        this.pause = pause;
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
        int count;
        try {
            count = read(bytes, most, Math.min(nanos, pauseNanos));
        } catch (SocketTimeoutException quiet) {
            if (nanos <= pauseNanos) {
                throw quiet;
            }
            pause.passed();
            count = read(bytes, most, nanos - pauseNanos);
        }
        if (count > 0) {
            flow.arrived(count);
        }
        return count;
    }

    private int read(byte[] bytes, int most, long nanos) throws IOException {
        socket.setSoTimeout((int) Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos), 1, Integer.MAX_VALUE));
        return in.read(bytes, 0, most);
    }
}
