package dev.belay.runner.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Work in the namespaces of another process. */
public final class Namespaces {
    private static final long OPEN = 2;
    private static final long CLOSE = 3;
    private static final long SETNS = 308;
    private static final long CLONE_NEWNET = 0x40000000L;
    private static final long O_RDONLY_CLOEXEC = 0x80000L;

    private Namespaces() {}

    /**
     * Runs the work on a thread inside that process's network namespace. The thread ends with the work: a thread that has
     * changed its namespace is never used for anything else. Sockets that the work opens stay in that namespace.
     */
    public static <T> T inNetworkOf(long pid, Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().name("network-of-" + pid).start(() -> {
            try {
                enterNetworkOf(pid);
                result.complete(work.call());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        try {
            thread.join();
            return result.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    private static void enterNetworkOf(long pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            String path = "/proc/" + pid + "/ns/net";
            long descriptor = Syscall.call(OPEN, arena.allocateFrom(path).address(), O_RDONLY_CLOEXEC);
            if (descriptor < 0) {
                throw new IOException("open of " + path + ": errno " + -descriptor);
            }
            long entered = Syscall.call(SETNS, descriptor, CLONE_NEWNET);
            Syscall.call(CLOSE, descriptor);
            if (entered < 0) {
                throw new IOException("setns to " + path + ": errno " + -entered);
            }
        }
    }
}
