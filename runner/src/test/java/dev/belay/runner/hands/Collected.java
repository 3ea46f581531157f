package dev.belay.runner.hands;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A sink that remembers everything. */
final class Collected implements Hand.Sink {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Override
    public synchronized void stdout(byte[] bytes) {
        out.writeBytes(bytes);
    }

    @Override
    public synchronized void stderr(byte[] bytes) {
        err.writeBytes(bytes);
    }

    synchronized byte[] bytes() {
        return out.toByteArray();
    }

    String out() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    synchronized String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
