package dev.belay.runner.model.wire;

import java.io.IOException;
import java.io.Serial;

/** A provider gave no answer that can be used. */
public final class WireException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Trouble trouble;

    public WireException(Trouble trouble, String message) {
        super(message);
        this.trouble = trouble;
    }

    public Trouble trouble() {
        return trouble;
    }

    /** What it is, and so what may be done about it. */
    public enum Trouble {
        /** Busy, overloaded, failed on its side: the same question may be answered later. */
        BUSY,
        /** The stream ended early or made no sense: the same question may be answered whole. */
        BROKEN,
        /** The key is missing, wrong or not allowed this. */
        KEY,
        /** The account has nothing left to spend. */
        QUOTA,
        UNKNOWN_MODEL,
        /** The conversation is longer than the model can read. */
        TOO_LONG,
        /** The model declined to answer. */
        DECLINED,
        /** Anything else that asking again would not change. */
        REFUSED
    }
}
