package dev.belay.runner.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;

/**
 * A network namespace of the runner's own, in which nothing is but a loopback. It needs the runner's capabilities in its own
 * user namespace and nobody else's.
 *
 * <p>One thread lives in it, and does everything there; when it ends, the sockets that were opened there keep the namespace.
 */
public final class PrivateNetwork implements AutoCloseable {
    private static final long CLOSE = 3;
    private static final long IOCTL = 16;
    private static final long SOCKET = 41;
    private static final long UNSHARE = 272;
    private static final long CLONE_NEWNET = 0x40000000L;
    private static final long AF_INET = 2;
    private static final long SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final short UP_AND_RUNNING = 0x41;
    private static final int NAME = 16;

    private static final FutureTask<?> END = new FutureTask<>(() -> null);

    private final LinkedTransferQueue<FutureTask<?>> work = new LinkedTransferQueue<>();
    private boolean closed;

    private PrivateNetwork(String name) {
        Thread.ofPlatform().daemon().name("network-" + name).start(this::serve);
    }

    public static PrivateNetwork open(String name) throws IOException {
        PrivateNetwork network = new PrivateNetwork(name);
        try {
            network.call(() -> {
                enter();
                return true;
            });
            return network;
        } catch (Exception failed) {
            network.close();
            throw failed instanceof IOException told ? told : new IOException("a network namespace: " + failed, failed);
        }
    }

    /** Runs it in the namespace, one at a time: it must not wait for anything. Sockets that it opens stay there. */
    public <T> T call(Callable<T> what) throws Exception {
        FutureTask<T> task = new FutureTask<>(what);
        synchronized (this) {
            if (closed) {
                throw new IOException("this network is closed");
            }
            work.add(task);
        }
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            work.add(END);
        }
    }

    private void serve() {
        while (true) {
            try {
                FutureTask<?> next = work.take();
                if (next.equals(END)) {
                    return;
                }
                next.run();
            } catch (InterruptedException ignored) {
                // Work that was interrupted leaves its mark on this thread; it ends by close alone.
                Thread.interrupted();
            }
        }
    }

    private static void enter() throws IOException {
        check(Syscall.call(UNSHARE, CLONE_NEWNET), "unshare");
        long socket = Syscall.call(SOCKET, AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        check(socket, "socket");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(40, 8);
            request.setString(0, "lo");
            request.set(ValueLayout.JAVA_SHORT, NAME, UP_AND_RUNNING);
            check(Syscall.call(IOCTL, socket, SIOCSIFFLAGS, request.address()), "ioctl");
        } finally {
            Syscall.call(CLOSE, socket);
        }
    }

    private static void check(long result, String call) throws IOException {
        if (result < 0) {
            throw new Errno((int) -result, call, "of a network namespace");
        }
    }
}
