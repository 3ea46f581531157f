package dev.belay.runner.sandbox.docker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Stops and continues a container, one after the other in the order asked for. A stop that takes longer than the bound is
 * taken back when it comes.
 */
final class DockerPause {
    private static final long BOUND_MILLIS = 200;

    private final Executor threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("docker-pause-", 0).factory());
    private final BooleanSupplier pause;
    private final Runnable unpause;
    private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(false);

    /**
     * @param pause true when the container stands still
     * @param unpause also when there is no container any more
     */
    DockerPause(BooleanSupplier pause, Runnable unpause) {
        this.pause = pause;
        this.unpause = unpause;
    }

    synchronized boolean stop() {
        CompletableFuture<Boolean> stopped =
                last.handleAsync((still, _) -> Boolean.TRUE.equals(still) || pausedOrTakenBack(), threads);
        last = stopped;
        try {
            if (stopped.get(BOUND_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        } catch (TimeoutException | ExecutionException late) {
            last = onwards();
        } catch (InterruptedException interrupted) {
            last = onwards();
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** One that was not confirmed may have happened all the same. */
    private boolean pausedOrTakenBack() {
        boolean paused = pause.getAsBoolean();
        if (!paused) {
            unpause.run();
        }
        return paused;
    }

    synchronized void goOn() {
        last = onwards();
        last.join();
    }

    private CompletableFuture<Boolean> onwards() {
        return last.handleAsync(
                (still, _) -> {
                    if (Boolean.TRUE.equals(still)) {
                        unpause.run();
                    }
                    return false;
                },
                threads);
    }
}
