package dev.belay.runner.model.wire;

import dev.belay.runner.model.wire.WireException.Trouble;

/** The complaint about a stream that no provider should send. */
final class Broken {
    private Broken() {}

    static WireException because(String what) {
        return new WireException(Trouble.BROKEN, "the provider's answer makes no sense: " + what);
    }
}
