package dev.belay.runner.sandbox.docker;

import dev.belay.runner.linux.Fifo;
import dev.belay.runner.sandbox.SandboxException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Three pipes with names, by which the first process of a container and the runner find each other; the names go with the
 * first answer. Until then the runner holds both ends of each, so that nothing blocks and nothing ends early; from then on
 * the death of either side is the end of the stream for the other.
 */
final class Channel implements AutoCloseable {
    private static final int COMPLAINTS = 4096;
    private static final int LOOK_MILLIS = 50;

    private final List<Path> names;
    private final List<RandomAccessFile> held;
    private final OutputStream toHand;
    private final InputStream fromHand;
    private final InputStream complaints;

    private Channel(List<Path> names, List<RandomAccessFile> held) throws IOException {
        this.names = names;
        this.held = held;
        this.toHand = new FileOutputStream(names.get(0).toFile());
        this.fromHand = new FileInputStream(names.get(1).toFile());
        this.complaints = new FileInputStream(names.get(2).toFile());
    }

    /** @param owner who may open them, as the runner sees that uid */
    static Channel in(Path directory, int owner) throws IOException {
        List<Path> names = List.of(directory.resolve("in"), directory.resolve("out"), directory.resolve("err"));
        for (Path name : names) {
            Files.deleteIfExists(name);
            Fifo.make(name);
            Files.setAttribute(name, "unix:uid", owner);
            Files.setAttribute(name, "unix:gid", owner);
        }
        return new Channel(
                names,
                List.of(
                        new RandomAccessFile(names.get(0).toFile(), "rw"),
                        new RandomAccessFile(names.get(1).toFile(), "rw"),
                        new RandomAccessFile(names.get(2).toFile(), "rw")));
    }

    InputStream fromHand() {
        return fromHand;
    }

    OutputStream toHand() {
        return toHand;
    }

    /**
     * Waits for the hand's first frame, a pong without payload, and takes it.
     *
     * @param hand when it ends first, so does the waiting
     */
    void awaitAnswer(ProcessHandle hand, int seconds) throws IOException, InterruptedException {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        // It waits in the kernel: as a virtual thread it would keep a carrier that others need.
        Thread.ofPlatform().daemon().name("first-answer").start(() -> {
            try {
                answer.complete(fromHand.readNBytes(9));
            } catch (IOException failed) {
                answer.completeExceptionally(failed);
            }
        });
        byte[] frame = await(answer, hand, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
        if (frame.length < 9 || frame[0] != 'G' || (frame[5] | frame[6] | frame[7] | frame[8]) != 0) {
            throw new SandboxException(
                    frame.length < 9 ? "the hand ended before it answered" : "the hand's first frame is not a pong");
        }
        for (Path name : names) {
            Files.deleteIfExists(name);
        }
        letGo();
    }

    private byte[] await(CompletableFuture<byte[]> answer, ProcessHandle hand, long deadline)
            throws IOException, InterruptedException {
        while (true) {
            try {
                return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException silent) {
                if (!hand.isAlive()) {
                    letGo();
                }
                if (System.nanoTime() > deadline) {
                    throw new SandboxException("no answer in time", silent);
                }
            } catch (ExecutionException failed) {
                throw new SandboxException("its channel broke", failed);
            }
        }
    }

    /** What the first programs said of their failure. */
    String complaints() {
        try {
            byte[] said = complaints.readNBytes(Math.min(complaints.available(), COMPLAINTS));
            return new String(said, StandardCharsets.UTF_8).strip();
        } catch (IOException closed) {
            return "";
        }
    }

    private void letGo() throws IOException {
        for (RandomAccessFile end : held) {
            end.close();
        }
    }

    @Override
    public void close() throws IOException {
        letGo();
        toHand.close();
        fromHand.close();
        complaints.close();
        for (Path name : names) {
            Files.deleteIfExists(name);
        }
    }
}
