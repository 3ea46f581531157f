package dev.belay.runner.model;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An answer's bytes while they arrive, for a reader that waits for each piece only so long. Never more than one is ahead. */
final class Arriving implements BodySubscriber<Arriving>, AutoCloseable {
    private sealed interface Signal {
        record Bytes(List<ByteBuffer> buffers) implements Signal {}

        record End(@Nullable Throwable broken) implements Signal {}
    }

    private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
    private final Queue<ByteBuffer> read = new ArrayDeque<>();
    private boolean ended;

    /**
     * The next piece, or nothing at the end.
     *
     * @throws HttpTimeoutException when none comes in time
     */
    Optional<ByteBuffer> next(Duration patience) throws IOException, InterruptedException {
        while (true) {
            ByteBuffer buffer = read.poll();
            if (buffer != null) {
                return Optional.of(buffer);
            }
            if (ended) {
                return Optional.empty();
            }
            switch (signals.poll(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                case null -> throw new HttpTimeoutException("nothing came for " + patience.toSeconds() + " s");
                case Signal.Bytes(List<ByteBuffer> buffers) -> {
                    read.addAll(buffers);
                    subscribed.join().request(1);
                }
                case Signal.End(Throwable broken) -> {
                    ended = true;
                    if (broken != null) {
                        throw new IOException("the connection broke: " + broken.getMessage(), broken);
                    }
                }
            }
        }
    }

    /** Gives the connection up where the answer was not read to its end. */
    @Override
    public void close() {
        subscribed.thenAccept(Flow.Subscription::cancel);
    }

    @Override
    public CompletionStage<Arriving> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(1);
        subscribed.complete(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        signals.add(new Signal.Bytes(buffers));
    }

    @Override
    public void onError(Throwable broken) {
        signals.add(new Signal.End(broken));
    }

    @Override
    public void onComplete() {
        signals.add(new Signal.End(null));
    }
}
