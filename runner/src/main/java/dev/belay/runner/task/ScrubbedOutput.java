package dev.belay.runner.task;

import dev.belay.runner.secrets.Scrubber;
import dev.belay.runner.secrets.Scrubbing;
import java.util.function.Consumer;

/** A command's output without a secret in it. Each stream comes in order; {@link #end} gives what was held back. */
final class ScrubbedOutput implements Place.Output {
    private final Place.Output output;
    private final Scrubbing out;
    private final Scrubbing err;

    ScrubbedOutput(Place.Output output, Scrubber scrubber) {
        this.output = output;
        this.out = scrubber.begin();
        this.err = scrubber.begin();
    }

    @Override
    public void stdout(byte[] bytes) {
        synchronized (out) {
            give(out.feed(bytes, bytes.length), output::stdout);
        }
    }

    @Override
    public void stderr(byte[] bytes) {
        synchronized (err) {
            give(err.feed(bytes, bytes.length), output::stderr);
        }
    }

    void end() {
        synchronized (out) {
            give(out.end(), output::stdout);
        }
        synchronized (err) {
            give(err.end(), output::stderr);
        }
    }

    private static void give(byte[] bytes, Consumer<byte[]> to) {
        if (bytes.length > 0) {
            to.accept(bytes);
        }
    }
}
