package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A command that has not ended yet. What it says can be waited for; nothing here sleeps. */
final class Running implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String command;
    private final Process process;
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private final Thread[] readers;

    Running(String command, Process process) {
        this.command = command;
        this.process = process;
        this.readers = new Thread[] {
            Thread.ofVirtual().start(() -> read(process.getInputStream(), out)),
            Thread.ofVirtual().start(() -> read(process.getErrorStream(), err))
        };
    }

    private void read(InputStream from, StringBuilder to) {
        byte[] buffer = new byte[8192];
        // Bytes are kept one to a char until a whole text is asked for, so that no character is cut in two.
        try (from) {
            for (int n; (n = from.read(buffer)) >= 0; ) {
                synchronized (this) {
                    to.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                    notifyAll();
                }
            }
        } catch (IOException ended) {
            // Its end is seen by the exit code.
        }
    }

    private static String text(StringBuilder bytes) {
        return new String(bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    long pid() {
        return process.pid();
    }

    /** Returns when it has said this on either stream. */
    Running untilItSays(String wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (this) {
            while (!text(out).contains(wanted) && !text(err).contains(wanted)) {
                long left = deadline - System.nanoTime();
                boolean ended = !readers[0].isAlive() && !readers[1].isAlive();
                if (left <= 0 || ended) {
                    throw new AssertionError("it did not say “" + wanted + "”: " + so());
                }
                try {
                    wait(Math.min(200, Math.max(1, left / 1_000_000)));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError(interrupted);
                }
            }
        }
        return this;
    }

    /** Ctrl-C. */
    Running interrupt() {
        Sh.run("kill", "-INT", Long.toString(process.pid()));
        return this;
    }

    Result end() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it did not end: " + so());
            }
            for (Thread reader : readers) {
                if (!reader.join(Duration.ofSeconds(10))) {
                    throw new AssertionError("it ended, and something that it started holds its output: " + so());
                }
            }
            synchronized (this) {
                return new Result(command, process.exitValue(), text(out), text(err));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } finally {
            close();
        }
    }

    synchronized Result so() {
        return new Result(command, process.isAlive() ? -1 : process.exitValue(), text(out), text(err));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
