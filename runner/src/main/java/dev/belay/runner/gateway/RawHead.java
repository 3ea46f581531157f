package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a message's head as they came, up to the line that ends it or to where they stopped.
 *
 * @param text one character for each byte, the empty line included
 */
record RawHead(String text, End end) {
    enum End {
        WHOLE,
        TOO_LONG,
        CUT,
        LATE
    }

    static RawHead read(Wire in, int most) throws IOException {
        byte[] bytes = new byte[1024];
        int count = 0;
        // A line of nothing ends the head, but for the first one, even when its line feed stands alone: waiting for
        // more
        // would hide the error.
        boolean empty = true;
        End end = End.TOO_LONG;
        while (count < most) {
            int next;
            try {
                next = in.read();
            } catch (SocketTimeoutException late) {
                end = End.LATE;
                break;
            }
            if (next < 0) {
                end = End.CUT;
                break;
            }
            if (count == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * count);
            }
            bytes[count++] = (byte) next;
            if (next == '\n' && empty && count > 2) {
                end = End.WHOLE;
                break;
            }
            empty = next == '\n' || empty && next == '\r';
        }
        return new RawHead(new String(bytes, 0, count, StandardCharsets.ISO_8859_1), end);
    }

    /** Without its end, whatever that is. */
    String firstLine() {
        int feed = text.indexOf('\n');
        String line = feed < 0 ? text : text.substring(0, feed);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
