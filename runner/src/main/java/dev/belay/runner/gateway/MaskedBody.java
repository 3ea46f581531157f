package dev.belay.runner.gateway;

import dev.belay.runner.secrets.Scrubber;
import dev.belay.runner.secrets.Scrubbing;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A body on its way back, without the values that were handed out. Which these are is asked anew for each piece that came: a
 * server may say on an answer that began long ago what another request has brought it since. How much is held back says
 * nothing of the values: the sandbox may have a server that stops wherever it likes.
 */
final class MaskedBody implements BodyWriter {
    private final BodyWriter out;
    private final Supplier<Scrubber> scrubbers;
    private Scrubber scrubber = Scrubber.NONE;
    private Scrubbing scrubbing = Scrubber.NONE.beginEvenly();

    MaskedBody(BodyWriter out, Supplier<Scrubber> scrubbers) {
        this.out = out;
        this.scrubbers = scrubbers;
    }

    @Override
    public void write(byte[] bytes, int count) throws IOException {
        Scrubber now = scrubbers.get();
        if (now != scrubber) {
            byte[] held = scrubbing.end();
            scrubber = now;
            scrubbing = now.beginEvenly();
            pass(scrubbing.feed(held, held.length));
        }
        if (scrubber.isEmpty()) {
            out.write(bytes, count);
        } else {
            pass(scrubbing.feed(bytes, count));
        }
    }

    /** Nothing came for so long that whoever listens is to hear what there is: after the same time for every byte. */
    void paused() throws IOException {
        pass(scrubbing.release());
    }

    @Override
    public void end() throws IOException {
        pass(scrubbing.end());
        out.end();
    }

    /** No piece is longer than those that were read. */
    private void pass(byte[] ready) throws IOException {
        for (int at = 0; at < ready.length; at += Wire.PIECE) {
            byte[] piece = at == 0 && ready.length <= Wire.PIECE
                    ? ready
                    : Arrays.copyOfRange(ready, at, Math.min(at + Wire.PIECE, ready.length));
            out.write(piece, piece.length);
        }
    }
}
