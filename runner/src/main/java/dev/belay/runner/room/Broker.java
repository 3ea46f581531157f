package dev.belay.runner.room;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The launcher's root half, which mounts what the runner may not. It knows a few verbs and no path, and sandboxes do not see
 * its door: that is a socket in a directory of the runner alone.
 */
public final class Broker {
    /** More than it gives itself for anything. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final int LONGEST_ANSWER = 4096;

    private final Path volumes;

    Broker(Path volumes) {
        this.volumes = volumes;
    }

    /** It said no; the message is its reason. */
    public static final class RefusedException extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final String reason;

        RefusedException(String line, String reason) {
            super("the broker did not " + line + ": " + reason);
            this.reason = reason;
        }

        /** {@code absent}, {@code unclean}, {@code busy}, or more words. */
        public String reason() {
            return reason;
        }
    }

    /** Where the volume with this name is, while it is mounted. */
    public Path at(String volume) {
        return volumes.resolve("of").resolve(volume);
    }

    /** A new and empty volume, mounted. */
    public void make(String volume, int mib) throws IOException {
        ask("make " + volume + " " + mib);
    }

    /** Mounts one again that was closed in order; any other is refused. */
    public void open(String volume) throws IOException {
        ask("open " + volume);
    }

    public void close(String volume) throws IOException {
        ask("close " + volume);
    }

    /** Whether it is there, whole or not. */
    public void remove(String volume) throws IOException {
        ask("remove " + volume);
    }

    /** The bytes that it takes of the machine's disk. */
    public long used(String volume) throws IOException {
        return Long.parseLong(ask("used " + volume));
    }

    /** Its end is waited for though the caller is interrupted: whoever is to stop has volumes to close, too. */
    String ask(String line) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    answer.complete(exchange(channel, line));
                } catch (IOException | RuntimeException broken) {
                    answer.completeExceptionally(broken);
                }
            });
            String said = waitedFor(answer, line);
            if (said.equals("ok") || said.startsWith("ok ")) {
                return said.substring(2).strip();
            }
            throw new RefusedException(line, said.startsWith("error ") ? said.substring(6) : "no answer");
        }
    }

    private String exchange(SocketChannel channel, String line) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(volumes.resolve("door").resolve("socket")));
        channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_ANSWER);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            if (bytes.get(bytes.position() - 1) == '\n') {
                return new String(bytes.array(), 0, bytes.position() - 1, StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private static String waitedFor(CompletableFuture<String> answer, String line) throws RefusedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException late) {
            throw new RefusedException(line, "no answer");
        } catch (ExecutionException gone) {
            throw new RefusedException(line, "it is gone: " + gone.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
