package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;

/** Takes chunks apart. Extensions and trailers are read, bounded and dropped. */
final class ChunkedBody implements BodyReader {
    private static final int LONGEST_LINE = 1024;

    private final Wire in;
    private final GatewayLimits limits;
    private long left;
    private boolean begun;
    private boolean ended;

    ChunkedBody(Wire in, GatewayLimits limits) {
        this.in = in;
        this.limits = limits;
    }

    /** Reads the first size, so that a malformed one is known before anything is sent on. */
    void begin() throws IOException {
        if (!begun) {
            begun = true;
            nextSize();
        }
    }

    @Override
    public int read(byte[] bytes, int most) throws IOException {
        begin();
        if (ended) {
            return -1;
        }
        int count = in.read(bytes, (int) Math.min(most, left));
        if (count < 0) {
            throw new EOFException("the body ended early");
        }
        left -= count;
        if (left == 0) {
            if (!line().isEmpty()) {
                throw new BadMessageException("a chunk is longer than its size");
            }
            nextSize();
        }
        return count;
    }

    private void nextSize() throws IOException {
        String line = line();
        int semicolon = line.indexOf(';');
        String digits = semicolon < 0 ? line : line.substring(0, semicolon);
        if (!digits.matches("[0-9a-fA-F]{1,15}")) {
            throw new BadMessageException("a chunk's size is malformed");
        }
        left = Long.parseLong(digits, 16);
        if (left == 0) {
            ended = true;
            trailers();
        }
    }

    private void trailers() throws IOException {
        int fields = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            HttpFields.field(line);
            if (++fields > limits.headers()) {
                throw new BadMessageException("too many trailers");
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the body ended early");
            }
            if (next < ' ' && next != '\t' || next == 0x7f || line.length() >= LONGEST_LINE) {
                throw new BadMessageException("a line between chunks is malformed");
            }
            line.append((char) next);
        }
        if (in.read() != '\n') {
            throw new BadMessageException("a carriage return stands alone between chunks");
        }
        return line.toString();
    }
}
