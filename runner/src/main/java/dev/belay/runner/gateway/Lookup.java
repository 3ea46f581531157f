package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks for names in bounded time. The system's resolver cannot be interrupted and holds the thread below a virtual one, of
 * which there are few; so it is asked on threads of its own, only so many at once. They are kept for a while, because to start
 * one takes longer than most answers; no answer is kept.
 */
final class Lookup implements AutoCloseable {
    static final int AT_ONCE = 16;
    private static final long KEPT_SECONDS = 10;

    private final Names names;
    private final Duration bound;
    private final Semaphore places = new Semaphore(AT_ONCE);
    /** Whoever has a place finds a thread: one that gave its place back may not be ready for the next question yet. */
    private final ExecutorService threads = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEPT_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("gateway-lookup").factory());

    Lookup(Names names, Duration bound) {
        this.names = names;
        this.bound = bound;
    }

    List<InetAddress> addresses(String host) throws IOException {
        long deadline = System.nanoTime() + bound.toNanos();
        try {
            if (!places.tryAcquire(bound.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SocketTimeoutException("too many names are being looked up");
            }
            return ask(host).get(Math.max(deadline - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new SocketTimeoutException("its name was not resolved in time");
        } catch (ExecutionException failed) {
            throw new IOException("its name does not resolve", failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", stopped);
        }
    }

    /** The place is given back by the thread that has it, however late. */
    private CompletableFuture<List<InetAddress>> ask(String host) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    answer.complete(List.copyOf(names.resolve(host)));
                } catch (Throwable failed) {
                    answer.completeExceptionally(failed);
                } finally {
                    places.release();
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            places.release();
            answer.completeExceptionally(noThread);
        }
        return answer;
    }

    /** Who hangs is not waited for. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
