package dev.belay.controller.ports;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One visit between a person's connection and its runner's call. A piece is asked of the runner when one was taken, so that few
 * are held here, and neither direction waits for the other. Either end that goes takes the other along; only what the runner
 * calls the end of what comes from inside is one.
 */
public final class OpenVisit implements Closeable {
    /** The most that a runner sends at once. */
    public static final int PIECE = 64 << 10;

    private static final byte[] OPEN = {'\n'};

    private sealed interface Piece {
        record Data(byte[] bytes) implements Piece {}

        record End() implements Piece {}

        record Cut() implements Piece {}
    }

    private final String tenant;
    private final String runner;
    private final Consumer<OpenVisit> closed;
    private final CompletableFuture<List<Integer>> answer = new CompletableFuture<>();
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final CompletableFuture<Outlet> outlet = new CompletableFuture<>();
    private volatile boolean over;

    OpenVisit(String tenant, String runner, Consumer<OpenVisit> closed) {
        this.tenant = tenant;
        this.runner = runner;
        this.closed = closed;
    }

    String tenant() {
        return tenant;
    }

    String runner() {
        return runner;
    }

    CompletableFuture<List<Integer>> answer() {
        return answer;
    }

    /** The runner's call is there. */
    void meets(Outlet way) {
        outlet.complete(way);
        if (over) {
            way.close();
        }
    }

    /** What is asked for is there. */
    public void opened(List<Integer> listening) {
        answer.complete(listening);
    }

    public void refused(BelayException why) {
        answer.completeExceptionally(why);
        broken();
    }

    /** A piece from inside; what comes after the end of the visit is dropped. */
    public void arrived(byte[] bytes) {
        if (!over) {
            pieces.add(new Piece.Data(bytes));
        }
    }

    /** Nothing more comes from inside. */
    public void ended() {
        pieces.add(new Piece.End());
    }

    /** The runner's call is gone, and nobody knows what it would still have said. What it said is still heard. */
    public void broken() {
        answer.completeExceptionally(BelayException.of(
                ErrorCode.E_UNREACHABLE,
                "the connection was broken off",
                "the controller: runner " + runner + " ended its call",
                "try again"));
        pieces.add(new Piece.Cut());
        end();
    }

    /** Sends all of it inside, until its end or that of the visit. */
    public void carryInside(InputStream fromOutside) throws InterruptedException {
        Outlet way = outlet.join();
        byte[] buffer = new byte[PIECE];
        try (fromOutside) {
            for (int count = fromOutside.read(buffer); count >= 0; count = fromOutside.read(buffer)) {
                if (!way.send(buffer, count)) {
                    return;
                }
            }
            way.end();
        } catch (IOException left) {
            close();
        }
    }

    /** A line feed, and then what comes from inside; closing it ends the visit. */
    public InputStream fromInside() {
        return new FromInside();
    }

    /** Whoever is outside has gone. Again is nothing. */
    @Override
    public void close() {
        pieces.clear();
        pieces.add(new Piece.Cut());
        end();
    }

    private synchronized void end() {
        if (over) {
            return;
        }
        over = true;
        closed.accept(this);
        Outlet way = outlet.getNow(null);
        if (way != null) {
            way.close();
        }
    }

    private final class FromInside extends InputStream {
        /** An answer begins with its first byte, which may be long in coming from inside. */
        private byte @Nullable [] present = OPEN;

        private int position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (present != null && position == present.length) {
                present = next();
                position = 0;
            }
            if (present == null) {
                return -1;
            }
            int count = Math.min(length, present.length - position);
            System.arraycopy(present, position, into, offset, count);
            position += count;
            return count;
        }

        private byte @Nullable [] next() throws IOException {
            try {
                return switch (pieces.take()) {
                    case Piece.Data(byte[] bytes) -> {
                        outlet.join().another();
                        yield bytes;
                    }
                    case Piece.End end -> null;
                    case Piece.Cut cut -> throw new IOException("the visit was broken off");
                };
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the visit was stopped");
            }
        }

        @Override
        public void close() {
            OpenVisit.this.close();
        }
    }
}
