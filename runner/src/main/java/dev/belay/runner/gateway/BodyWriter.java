package dev.belay.runner.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames a body anew: nothing of how it was framed before goes on. */
interface BodyWriter {
    void write(byte[] bytes, int count) throws IOException;

    /** Only of a body that was read to its end. */
    void end() throws IOException;

    static BodyWriter plain(Wire out) {
        return new BodyWriter() {
            @Override
            public void write(byte[] bytes, int count) throws IOException {
                out.write(bytes, count);
            }

            @Override
            public void end() {
                // Its length was said before.
            }
        };
    }

    static BodyWriter chunked(Wire out) {
        return new BodyWriter() {
            private final ByteBuffer chunk = ByteBuffer.allocate(Wire.PIECE + 16);

            @Override
            public void write(byte[] bytes, int count) throws IOException {
                chunk.clear()
                        .put(ascii(Integer.toHexString(count) + "\r\n"))
                        .put(bytes, 0, count)
                        .put(ascii("\r\n"));
                out.write(chunk.array(), chunk.position());
            }

            @Override
            public void end() throws IOException {
                out.write(ascii("0\r\n\r\n"));
            }
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
