package dev.belay.runner.model.offline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A body of chunks. Without {@link #end()} the other end can tell that it is not whole. */
final class ChunkedBody {
    private static final byte[] LINE = {'\r', '\n'};

    private final OutputStream out;
    private long left;

    ChunkedBody(OutputStream out, long most) {
        this.out = out;
        this.left = most;
    }

    /** @throws CutException when the body has all the bytes that it may have */
    void write(byte[] bytes) throws IOException {
        int length = (int) Math.min(bytes.length, left);
        left -= length;
        if (length > 0) {
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, 0, length);
            out.write(LINE);
            out.flush();
        }
        if (length < bytes.length) {
            throw new CutException();
        }
    }

    void end() throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
