package dev.belay.controller.link;

import com.google.protobuf.ByteString;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * The chunks of a call as a stream of bytes, a few of them at a time. Ends only where as many bytes came as were
 * announced: a pack that is cut off is an error to its reader, never a short pack.
 */
final class ChunkPipe extends InputStream {
    private static final int CHUNKS = 4;

    private sealed interface Item {
        record Data(ByteString bytes) implements Item {}

        record End() implements Item {}

        record Broken(String why) implements Item {}
    }

    private final ArrayBlockingQueue<Item> items = new ArrayBlockingQueue<>(CHUNKS);
    private final long size;
    private ByteString present = ByteString.EMPTY;
    private int position;
    private long count;
    private boolean ended;
    private volatile boolean closed;

    ChunkPipe(long size) {
        this.size = size;
    }

    /** Waits for the reader; what comes after the reader has gone is dropped. */
    void data(ByteString bytes) throws InterruptedException {
        if (!bytes.isEmpty()) {
            put(new Item.Data(bytes));
        }
    }

    void end() throws InterruptedException {
        put(new Item.End());
    }

    void broken(String why) throws InterruptedException {
        put(new Item.Broken(why));
    }

    private void put(Item item) throws InterruptedException {
        if (!closed) {
            items.put(item);
        }
        if (closed) {
            items.clear();
        }
    }

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
        while (position == present.size()) {
            if (ended || !next()) {
                return -1;
            }
        }
        int taken = Math.min(length, present.size() - position);
        present.copyTo(into, position, offset, taken);
        position += taken;
        return taken;
    }

    private boolean next() throws IOException {
        try {
            switch (items.take()) {
                case Item.Data(ByteString bytes) -> {
                    count += bytes.size();
                    if (count > size) {
                        throw refused("more bytes came than the " + size + " that were announced");
                    }
                    present = bytes;
                    position = 0;
                    return true;
                }
                case Item.End() -> {
                    ended = true;
                    if (count < size) {
                        throw refused("only " + count + " of " + size + " bytes came");
                    }
                    return false;
                }
                case Item.Broken(String why) -> {
                    ended = true;
                    throw new IOException(why);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while a pack came in");
        }
    }

    private static BelayException refused(String why) {
        return BelayException.of(
                ErrorCode.E_PACK_REFUSED, "the pack was refused", "the controller: " + why, "send it again");
    }

    /** Lets the writer go on where it waits. */
    @Override
    public void close() {
        closed = true;
        items.clear();
    }
}
