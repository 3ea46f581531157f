package dev.belay.runner.hands;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The runner's end of a command. The reader hands frames over and never waits for the sink: what the sink has not taken is
 * bounded by the window that both ends keep.
 */
final class RunningCommand implements Hand.Running, ChannelHand.Waiter {
    private static final int WINDOW = 1 << 20;
    private static final int CHUNK = 1 << 16;
    private static final Duration TO_DIE = Duration.ofSeconds(2);

    private final ChannelHand hand;
    private final int id;
    private final Hand.Sink sink;
    private final long started = System.nanoTime();
    private final BlockingQueue<Frame> output = new LinkedBlockingQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final Semaphore inputRoom = new Semaphore(WINDOW);

    /** The hand has said that the command ended. */
    private final CompletableFuture<Frame> ended = new CompletableFuture<>();

    /** And the sink has had everything. */
    private final CompletableFuture<Hand.Exit> exit = new CompletableFuture<>();

    private volatile boolean timedOut;
    private String directory = "";
    private boolean pumping;

    RunningCommand(ChannelHand hand, int id, Hand.Sink sink) {
        this.hand = hand;
        this.id = id;
        this.sink = sink;
    }

    @Override
    public Hand.Exit await(Duration deadline) throws HandException, InterruptedException {
        try {
            return result(hand.clock().await(exit, deadline));
        } catch (TimeoutException late) {
            timedOut = !ended.isDone();
            kill();
        } catch (InterruptedException cancelled) {
            kill();
            throw cancelled;
        } catch (ExecutionException failed) {
            throw failure(failed);
        }
        try {
            hand.clock().await(ended, TO_DIE);
            return result(exit.get());
        } catch (TimeoutException immortal) {
            throw hand.lose("a command did not die within " + TO_DIE.toSeconds() + " s of being killed", immortal);
        } catch (ExecutionException failed) {
            throw failure(failed);
        }
    }

    private Hand.Exit result(Hand.Exit plain) {
        return timedOut
                ? new Hand.Exit(
                        plain.code(),
                        true,
                        plain.overLimit(),
                        plain.kept(),
                        plain.took(),
                        plain.outputBytes(),
                        plain.directory())
                : plain;
    }

    private static HandException failure(ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof HandException told) {
            HandException again = new HandException(String.valueOf(told.getMessage()), told.errno());
            again.initCause(told);
            return again;
        }
        throw new IllegalStateException("the receiver of a command's output failed", cause);
    }

    @Override
    public void input(byte[] bytes) throws HandException, InterruptedException {
        for (int at = 0; at < bytes.length; at += CHUNK) {
            int size = Math.min(CHUNK, bytes.length - at);
            inputRoom.acquire(size);
            if (ended.isDone()) {
                inputRoom.release(size);
                return;
            }
            hand.send(new Frame('I', id, java.util.Arrays.copyOfRange(bytes, at, at + size)));
        }
    }

    @Override
    public void endInput() throws HandException {
        if (!ended.isDone()) {
            hand.send(new Frame('Z', id));
        }
    }

    @Override
    public void kill() throws HandException {
        if (!ended.isDone()) {
            hand.send(new Frame('K', id));
        }
    }

    @Override
    public boolean accept(Frame frame) throws HandException {
        switch (frame.type()) {
            case 'O', 'E' -> {
                if (queued.addAndGet(frame.payload().length) > WINDOW + CHUNK) {
                    throw new HandException("more output than was asked for");
                }
                pump(frame);
            }
            case 'A' -> {
                int taken = frame.fields(4).getInt();
                if (taken < 0 || inputRoom.availablePermits() + (long) taken > WINDOW) {
                    throw new HandException("more input taken than was given");
                }
                inputRoom.release(taken);
            }
            case 'C' -> directory = SandboxPath.decode(frame.payload());
            case 'X' -> {
                ByteBuffer fields = frame.fields(13);
                int code = fields.getInt();
                if (code < 0 || code > 255 || fields.get() < 0 || fields.getLong() < 0) {
                    throw new HandException("an exit that cannot be");
                }
                end(frame);
                return true;
            }
            case 'N' -> {
                HandException refusal = frame.refusal();
                exit.completeExceptionally(refusal);
                end(frame);
                return true;
            }
            default -> throw new HandException("a frame '" + frame.type() + "' for a command");
        }
        return false;
    }

    @Override
    public void lost(HandException reason) {
        exit.completeExceptionally(reason);
        ended.completeExceptionally(reason);
        inputRoom.release(WINDOW);
    }

    private void end(Frame frame) {
        ended.complete(frame);
        inputRoom.release(WINDOW);
        if (pumping) {
            output.add(frame);
        } else if (frame.type() == 'X') {
            exit.complete(exitOf(frame));
        }
    }

    private void pump(Frame frame) {
        output.add(frame);
        if (!pumping) {
            pumping = true;
            Thread.ofVirtual().name("command-output").start(this::deliver);
        }
    }

    private void deliver() {
        int owed = 0;
        try {
            while (!exit.isDone()) {
                Frame frame = output.poll(1, TimeUnit.SECONDS);
                if (frame == null) {
                    continue;
                }
                switch (frame.type()) {
                    case 'O' -> sink.stdout(frame.payload());
                    case 'E' -> sink.stderr(frame.payload());
                    case 'X' -> exit.complete(exitOf(frame));
                    default -> {
                        return;
                    }
                }
                int size = frame.payload().length;
                queued.addAndGet(-size);
                owed += size;
                if (owed >= WINDOW / 4 && !ended.isDone()) {
                    hand.send(Frame.count('A', id, owed));
                    owed = 0;
                }
            }
        } catch (HandException lost) {
            exit.completeExceptionally(lost);
        } catch (InterruptedException | RuntimeException failed) {
            exit.completeExceptionally(failed);
            killQuietly(failed);
        }
    }

    private void killQuietly(Exception because) {
        try {
            kill();
        } catch (HandException lost) {
            because.addSuppressed(lost);
        }
    }

    private Hand.Exit exitOf(Frame frame) {
        ByteBuffer fields = ByteBuffer.wrap(frame.payload());
        int code = fields.getInt();
        int how = fields.get();
        return new Hand.Exit(
                code,
                false,
                (how & 2) != 0,
                (how & 4) != 0,
                Duration.ofNanos(System.nanoTime() - started),
                fields.getLong(),
                directory);
    }
}
