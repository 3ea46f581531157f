package dev.belay.runner.model.wire;

import dev.belay.runner.model.wire.WireException.Trouble;

/** What one answer may bring in all, because a provider that never stops must not fill the memory. */
final class Allowance {
    static final int MOST = 32 << 20;

    private long left = MOST;

    void take(String piece) throws WireException {
        take(piece.length());
    }

    void take(long characters) throws WireException {
        left -= characters;
        if (left < 0) {
            throw new WireException(
                    Trouble.BROKEN, "the provider's answer is longer than %,d characters".formatted(MOST));
        }
    }
}
