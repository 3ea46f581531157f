package dev.belay.runner.gateway;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A request's body on its way, while the answer is awaited: a server may answer before it has read all. */
final class Upload {
    private static final long MOMENT_MILLIS = 100;

    private final CompletableFuture<Boolean> whole;
    private volatile @Nullable IOException fault;

    private Upload(BodyReader from, BodyWriter to, Executor threads, Runnable giveUp) {
        whole = CompletableFuture.supplyAsync(() -> copied(from, to, giveUp), threads);
    }

    /** @param giveUp ends the wait for an answer when the client's part has failed */
    static Upload of(BodyReader from, BodyWriter to, Executor threads, Runnable giveUp) {
        return new Upload(from, to, threads, giveUp);
    }

    boolean running() {
        return !whole.isDone();
    }

    /** Null as long as the client did its part. */
    @Nullable IOException fault() {
        return fault;
    }

    /** Did all of it go on? Who answers has usually read it, and then it is a matter of a moment. */
    boolean whole() {
        try {
            return whole.get(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException unfinished) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean copied(BodyReader from, BodyWriter to, Runnable giveUp) {
        byte[] piece = new byte[Wire.PIECE];
        while (true) {
            int count;
            try {
                count = from.read(piece, piece.length);
            } catch (IOException clients) {
                fault = clients;
                giveUp.run();
                return false;
            }
            try {
                if (count < 0) {
                    to.end();
                    return true;
                }
                to.write(piece, count);
            } catch (SpentException spent) {
                fault = spent;
                giveUp.run();
                return false;
            } catch (IOException servers) {
                // It does not want more, and may have said why.
                return false;
            }
        }
    }
}
