package dev.belay.cli.blackbox;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Asks each of several controllers every half second whether it is ready, as what stands in front of a fleet does. */
final class Readiness implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 500;

    private final List<Integer> ports;
    private final AtomicIntegerArray ready;
    private final CountDownLatch closed = new CountDownLatch(1);

    Readiness(List<Integer> ports) {
        this.ports = List.copyOf(ports);
        this.ready = new AtomicIntegerArray(ports.size());
        for (int i = 0; i < ports.size(); i++) {
            int server = i;
            Thread.ofVirtual().start(() -> watch(server));
        }
    }

    /** As it last answered. */
    boolean of(int server) {
        return ready.get(server) == 1;
    }

    private void watch(int server) {
        try {
            do {
                ready.set(server, ask(ports.get(server)) ? 1 : 0);
            } while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ask(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/health/ready")
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException silent) {
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
