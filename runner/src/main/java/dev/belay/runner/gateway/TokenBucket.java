package dev.belay.runner.gateway;

/** So many bytes a second, on average; a second's worth may be saved up. */
final class TokenBucket {
    private static final double SECOND = 1e9;

    private final double perSecond;
    private double tokens;
    private long filledAt;
    private boolean begun;

    /** @param perSecond 0 is no limit */
    TokenBucket(long perSecond) {
        this.perSecond = perSecond;
        this.tokens = perSecond;
    }

    /** How many nanoseconds whoever takes them has to wait first. The debt is everybody's. */
    synchronized long take(int bytes, long now) {
        if (perSecond <= 0) {
            return 0;
        }
        if (begun) {
            tokens = Math.min(perSecond, tokens + (now - filledAt) / SECOND * perSecond);
        }
        begun = true;
        filledAt = now;
        tokens -= bytes;
        return tokens >= 0 ? 0 : (long) (-tokens / perSecond * SECOND);
    }
}
