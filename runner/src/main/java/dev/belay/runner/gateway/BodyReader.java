package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;

/** The bytes of one body and not one more. */
@FunctionalInterface
interface BodyReader {
    /** At least one byte; −1 after the last one. */
    int read(byte[] bytes, int most) throws IOException;

    static BodyReader ofLength(Wire in, long length) {
        return new BodyReader() {
            private long left = length;

            @Override
            public int read(byte[] bytes, int most) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int count = in.read(bytes, (int) Math.min(most, left));
                if (count < 0) {
                    throw new EOFException("the body ended early");
                }
                left -= count;
                return count;
            }
        };
    }

    default void copyTo(BodyWriter out) throws IOException {
        byte[] piece = new byte[Wire.PIECE];
        for (int count = read(piece, piece.length); count >= 0; count = read(piece, piece.length)) {
            out.write(piece, count);
        }
        out.end();
    }
}
