package dev.belay.runner.gateway;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes of one task, over all of its connections: how many, and how fast. */
final class Quota implements Flow {
    private final GatewayLimits limits;
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();
    private final TokenBucket upRate;
    private final TokenBucket downRate;
    private final CountDownLatch closed = new CountDownLatch(1);

    Quota(GatewayLimits limits) {
        this.limits = limits;
        this.upRate = new TokenBucket(limits.bytesPerSecond());
        this.downRate = new TokenBucket(limits.bytesPerSecond());
    }

    @Override
    public void leaving(int bytes) throws SpentException {
        if (up.addAndGet(bytes) > limits.bytesUp()) {
            up.set(limits.bytesUp());
            throw new SpentException(OwnDenials.spent("sent", limits.bytesUp()));
        }
        await(upRate, bytes);
    }

    @Override
    public void arrived(int bytes) throws SpentException {
        if (down.addAndGet(bytes) > limits.bytesDown()) {
            down.set(limits.bytesDown());
            throw new SpentException(OwnDenials.spent("received", limits.bytesDown()));
        }
        await(downRate, bytes);
    }

    /** Then the next request is not even dialled. */
    Optional<Egress.Denial> spent() {
        if (up.get() >= limits.bytesUp()) {
            return Optional.of(OwnDenials.spent("sent", limits.bytesUp()));
        }
        return down.get() >= limits.bytesDown()
                ? Optional.of(OwnDenials.spent("received", limits.bytesDown()))
                : Optional.empty();
    }

    long up() {
        return up.get();
    }

    long down() {
        return down.get();
    }

    /** Whoever waits for the rate waits no longer. */
    void close() {
        closed.countDown();
    }

    private void await(TokenBucket rate, int bytes) {
        long nanos = rate.take(bytes, System.nanoTime());
        try {
            if (nanos > 0 && closed.await(nanos, TimeUnit.NANOSECONDS)) {
                Thread.yield();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
