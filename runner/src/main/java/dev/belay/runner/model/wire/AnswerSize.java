package dev.belay.runner.model.wire;

/** Bounds what one answer may bring, so that a stream without an end fills no memory. */
final class AnswerSize {
    static final int MOST = 32 << 20;

    private long taken;

    void take(int characters) throws WireException {
        taken += characters;
        if (taken > MOST) {
            throw OpenAiEvent.broken("it is longer than any answer may be");
        }
    }
}
