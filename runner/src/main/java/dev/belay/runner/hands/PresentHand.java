package dev.belay.runner.hands;

import java.time.Duration;

/** Whichever hand there is at present: a sandbox may be made anew beneath its tools. */
public final class PresentHand implements Hand {
    private volatile Hand hand;

    public PresentHand(Hand first) {
        this.hand = first;
    }

    /** What the former one was asked for stays with it. */
    public void becomes(Hand next) {
        hand = next;
    }

    @Override
    public Running run(Command command, Sink sink) throws HandException {
        return hand.run(command, sink);
    }

    @Override
    public FileContent read(String path, long offset, int limit) throws HandException {
        return hand.read(path, offset, limit);
    }

    @Override
    public void write(String path, byte[] content) throws HandException {
        hand.write(path, content);
    }

    @Override
    public FileStatus status(String path) throws HandException {
        return hand.status(path);
    }

    @Override
    public Duration ping() throws HandException {
        return hand.ping();
    }

    @Override
    public void close() {
        hand.close();
    }
}
