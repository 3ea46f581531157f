package dev.belay.runner.hands;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The hand at the other end of two streams.
 *
 * <p>One thread reads. A frame that is unknown, too long, unasked for or more than was asked for loses the hand: everyone
 * who waits, and every later call, gets a {@link HandException} with the reason. No call waits for ever: a hand that does
 * not answer a small request, or does not take what is written, for {@link #PATIENCE} is lost too.
 */
public final class ChannelHand implements Hand {
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final int EINTR = 4;

    private static final ScheduledExecutorService WATCH = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("hand-watch").unstarted(task));

    private final DataInputStream in;
    private final OutputStream out;
    private final Supplier<Map<String, String>> surroundings;
    private final Runnable whenLost;
    private final ReentrantLock writing = new ReentrantLock();
    private final HandClock clock = new HandClock();
    private volatile long writingSince;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, Waiter> waiters = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable HandException> lost = new AtomicReference<>();
    private final Future<?> watch;

    public ChannelHand(InputStream fromHand, OutputStream toHand) {
        this(fromHand, toHand, () -> {});
    }

    /** @param whenLost run once, on a thread of its own, when the hand is lost or closed; should end the sandbox */
    public ChannelHand(InputStream fromHand, OutputStream toHand, Runnable whenLost) {
        this(fromHand, toHand, Map::of, whenLost);
    }

    /** @param surroundings variables that every command has beside its own, as they are when it begins */
    public ChannelHand(
            InputStream fromHand, OutputStream toHand, Supplier<Map<String, String>> surroundings, Runnable whenLost) {
        this.surroundings = surroundings;
        this.in = new DataInputStream(fromHand);
        this.out = toHand;
        this.whenLost = whenLost;
        Thread.ofPlatform().daemon().name("hand-reader").start(this::read);
        watch = WATCH.scheduleWithFixedDelay(this::watchWriter, 1, 1, TimeUnit.SECONDS);
    }

    /** Someone who waits for frames of one id. */
    sealed interface Waiter permits Reply, RunningCommand {
        /** True: this was the last one. */
        boolean accept(Frame frame) throws HandException;

        void lost(HandException reason);
    }

    /** Waits for the one frame that answers a request. */
    record Reply(char type, CompletableFuture<Frame> frame) implements Waiter {
        @Override
        public boolean accept(Frame answer) throws HandException {
            if (answer.type() == 'N') {
                frame.completeExceptionally(answer.refusal());
            } else if (answer.type() == type) {
                frame.complete(answer);
            } else {
                throw new HandException("a frame '" + answer.type() + "' in place of '" + type + "'");
            }
            return true;
        }

        @Override
        public void lost(HandException reason) {
            frame.completeExceptionally(reason);
        }
    }

    @Override
    public Running run(Command command, Sink sink) throws HandException {
        Frame request = new Frame('R', ids.incrementAndGet(), encoded(command, surroundings.get()));
        RunningCommand running = new RunningCommand(this, request.id(), sink);
        enter(request.id(), running);
        send(request);
        return running;
    }

    private static byte[] encoded(Command command, Map<String, String> around) throws HandException {
        List<byte[]> strings = new ArrayList<>();
        strings.add(SandboxPath.encode(command.directory()));
        strings.add(SandboxPath.encode(command.keepFile()));
        for (String word : command.argv()) {
            strings.add(SandboxPath.encode(word));
        }
        Map<String, String> environment = new HashMap<>(around);
        environment.putAll(command.environment());
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            strings.add(SandboxPath.encode(variable.getKey() + "=" + variable.getValue()));
        }
        int flags = 0;
        for (Trait trait : command.traits()) {
            flags |= switch (trait) {
                case INPUT -> 1;
                case DIRECTORY -> 2;
                case BACKGROUND -> 4;
                case QUIET -> 8;
            };
        }
        long size =
                17 + strings.stream().mapToLong(string -> 4L + string.length).sum();
        if (command.argv().isEmpty() || size > Frame.MAX_PAYLOAD) {
            throw new HandException("a command must have a name and at most 8 MiB", HandException.EINVAL);
        }
        ByteBuffer payload = ByteBuffer.allocate((int) size)
                .put((byte) flags)
                .putInt(command.keepAbove())
                .putLong(command.outputLimit())
                .putInt(command.argv().size());
        strings.forEach(string -> payload.putInt(string.length).put(string));
        return payload.array();
    }

    @Override
    public FileContent read(String path, long offset, int limit) throws HandException {
        if (limit < 0 || limit > MAX_CONTENT || offset < 0) {
            throw new HandException("not a range that can be read at once", HandException.EINVAL);
        }
        byte[] name = SandboxPath.encode(path);
        byte[] payload = ByteBuffer.allocate(12 + name.length)
                .putLong(offset)
                .putInt(limit)
                .put(name)
                .array();
        Frame answer = ask('r', payload, 'D');
        byte[] bytes = answer.tail(8);
        long size = ByteBuffer.wrap(answer.payload()).getLong();
        if (bytes.length > limit || size < 0) {
            throw lose("more of a file than was asked for", null);
        }
        return new FileContent(bytes, size);
    }

    @Override
    public void write(String path, byte[] content) throws HandException {
        if (content.length > MAX_CONTENT) {
            throw new HandException("more than " + MAX_CONTENT + " bytes", HandException.EINVAL);
        }
        byte[] name = SandboxPath.encode(path);
        byte[] payload = ByteBuffer.allocate(4 + name.length + content.length)
                .putInt(name.length)
                .put(name)
                .put(content)
                .array();
        ask('w', payload, 'W');
    }

    @Override
    public FileStatus status(String path) throws HandException {
        ByteBuffer fields = ask('s', SandboxPath.encode(path), 'S').fields(21);
        char kind = (char) fields.get();
        long size = fields.getLong();
        int mode = fields.getInt();
        String word = switch (kind) {
            case 'f' -> "file";
            case 'd' -> "directory";
            case 'a' -> "absent";
            default -> "other";
        };
        return new FileStatus(word, Math.max(0, size), mode & 07777, fields.getLong());
    }

    @Override
    public Duration ping() throws HandException {
        long start = System.nanoTime();
        ask('P', new byte[0], 'G');
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** To be said before the sandbox is stopped for long: from here on nobody's patience with the hand ends. */
    public void standStill() {
        clock.standStill();
    }

    /** The sandbox runs again. */
    public void goOn() {
        clock.goOn();
    }

    HandClock clock() {
        return clock;
    }

    /** The hand ends when its input does. */
    @Override
    public void close() {
        lose("it was closed", null);
        boolean mine = writing.tryLock();
        try {
            if (mine) {
                out.close();
            }
        } catch (IOException gone) {
            // The other end has closed first: that is all that closing could bring about.
            return;
        } finally {
            if (mine) {
                writing.unlock();
            }
        }
    }

    private Frame ask(char type, byte[] payload, char answer) throws HandException {
        int id = ids.incrementAndGet();
        Reply reply = new Reply(answer, new CompletableFuture<>());
        enter(id, reply);
        send(new Frame(type, id, payload));
        try {
            return clock.await(reply.frame(), PATIENCE);
        } catch (TimeoutException silent) {
            throw lose("it did not answer for " + PATIENCE.toSeconds() + " s", silent);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof HandException told) {
                throw new HandException(String.valueOf(told.getMessage()), told.errno());
            }
            throw new IllegalStateException(failed);
        } catch (InterruptedException interrupted) {
            // The answer is on its way and short: the caller's next wait sees the interrupt.
            Thread.currentThread().interrupt();
            throw new HandException("interrupted", EINTR);
        }
    }

    private void enter(int id, Waiter waiter) throws HandException {
        waiters.put(id, waiter);
        HandException reason = lost.get();
        if (reason != null) {
            waiters.remove(id);
            throw new HandException(String.valueOf(reason.getMessage()));
        }
    }

    void send(Frame frame) throws HandException {
        byte[] bytes = frame.encoded();
        writing.lock();
        try {
            HandException reason = lost.get();
            if (reason != null) {
                throw new HandException(String.valueOf(reason.getMessage()));
            }
            writingSince = clock.nanos() | 1;
            out.write(bytes);
            out.flush();
        } catch (HandException told) {
            throw told;
        } catch (IOException broken) {
            throw lose("it does not take requests any more", broken);
        } finally {
            writingSince = 0;
            writing.unlock();
        }
    }

    private void watchWriter() {
        long since = writingSince;
        if (since != 0 && clock.nanos() - since > PATIENCE.toNanos()) {
            lose("it took nothing for " + PATIENCE.toSeconds() + " s", null);
        }
    }

    private void read() {
        try {
            while (true) {
                Frame frame = Frame.read(in);
                Waiter waiter = waiters.get(frame.id());
                if (waiter == null) {
                    if (frame.type() == 'G' && frame.id() == 0) {
                        continue;
                    }
                    throw new HandException("a frame '" + frame.type() + "' that nobody asked for");
                }
                if (waiter.accept(frame)) {
                    waiters.remove(frame.id());
                }
            }
        } catch (EOFException ended) {
            lose("it ended", ended);
        } catch (HandException violation) {
            lose("it broke the protocol: " + violation.getMessage(), violation);
        } catch (IOException | RuntimeException broken) {
            lose("its channel broke", broken);
        }
    }

    /** The first reason stays. */
    HandException lose(String reason, @Nullable Throwable cause) {
        HandException told = new HandException("the sandbox's hand is lost: " + PlainText.line(reason, 200), cause);
        if (lost.compareAndSet(null, told)) {
            watch.cancel(false);
            Thread.ofVirtual().name("hand-lost").start(whenLost);
        }
        HandException first = lost.get();
        HandException shown = first == null ? told : first;
        waiters.values().forEach(waiter -> waiter.lost(shown));
        waiters.clear();
        return new HandException(String.valueOf(shown.getMessage()), shown);
    }
}
