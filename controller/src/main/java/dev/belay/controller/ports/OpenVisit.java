package dev.belay.controller.ports;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One visit between a person's connection and its runner's call. A few pieces are held on the way inside out; whoever sends
 * waits for whoever takes, in both directions. Either end that goes takes the other along.
 */
public final class OpenVisit implements Closeable {
    private static final int PIECES = 8;
    private static final byte[] OPEN = {'\n'};
    private static final int BUFFER = 64 << 10;

    private sealed interface Piece {
        record Data(byte[] bytes) implements Piece {}

        record End() implements Piece {}
    }

    private final String runner;
    private final Consumer<OpenVisit> closed;
    private final CompletableFuture<List<Integer>> answer = new CompletableFuture<>();
    private final ArrayBlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES);
    private final CompletableFuture<Outlet> outlet = new CompletableFuture<>();
    private volatile boolean over;
    private volatile boolean broken;

    OpenVisit(String runner, Consumer<OpenVisit> closed) {
        this.runner = runner;
        this.closed = closed;
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
        close();
    }

    /** A piece from inside. Waits until it is taken; what comes after the end of the visit is dropped. */
    public void arrived(byte[] bytes) throws InterruptedException {
        put(new Piece.Data(bytes));
    }

    /** Nothing more comes from inside. */
    public void ended() throws InterruptedException {
        put(new Piece.End());
    }

    /** The runner's call is gone, and nobody knows what it would still have said. */
    public void broken() {
        broken = true;
        answer.completeExceptionally(BelayException.of(
                ErrorCode.E_UNREACHABLE,
                "the connection was broken off",
                "the controller: runner " + runner + " ended its call",
                "try again"));
        close();
    }

    private void put(Piece piece) throws InterruptedException {
        if (!over) {
            pieces.put(piece);
        }
        if (over) {
            wake();
        }
    }

    /** Sends all of it inside, until its end or that of the visit. */
    public void carryInside(InputStream fromOutside) throws InterruptedException {
        Outlet way = outlet.join();
        byte[] buffer = new byte[BUFFER];
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

    /** Again is nothing. */
    @Override
    public void close() {
        if (over) {
            return;
        }
        over = true;
        closed.accept(this);
        Outlet way = outlet.getNow(null);
        if (way != null) {
            way.close();
        }
        wake();
    }

    /** Whoever waits to put finds room, and whoever waits to take finds something. */
    private void wake() {
        pieces.clear();
        pieces.offer(new Piece.End());
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
                    case Piece.Data(byte[] bytes) -> bytes;
                    case Piece.End end -> {
                        if (broken) {
                            throw new IOException("the visit was broken off");
                        }
                        yield null;
                    }
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
