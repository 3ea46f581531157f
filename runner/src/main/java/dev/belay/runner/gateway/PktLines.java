package dev.belay.runner.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The lines of git's protocol, each with its length before it; of a hostile writer, so bounded in number of bytes. */
final class PktLines {
    /** With its length. */
    static final int LONGEST = 65_520;

    private static final int PREFIX = 4;

    private final BodyReader body;
    private final int most;
    private int read;

    PktLines(BodyReader body, int most) {
        this.body = body;
        this.most = most;
    }

    /** One character for each byte; empty for the line that ends a section. */
    Optional<String> next() throws IOException {
        String digits = text(PREFIX);
        if (!digits.chars().allMatch(HexFormat::isHexDigit)) {
            throw new BadPushException("the length of a line is malformed");
        }
        int length = HexFormat.fromHexDigits(digits);
        if (length == 0) {
            return Optional.empty();
        }
        if (length <= PREFIX || length > LONGEST) {
            throw new BadPushException("a line is of no length that a command has");
        }
        return Optional.of(text(length - PREFIX));
    }

    /** Nothing follows. */
    boolean ended() throws IOException {
        return body.read(new byte[1], 1) < 0;
    }

    static byte[] exactly(BodyReader body, int count) throws IOException {
        byte[] bytes = new byte[count];
        byte[] piece = new byte[count];
        int filled = 0;
        while (filled < count) {
            int got = body.read(piece, count - filled);
            if (got < 0) {
                throw new BadPushException("it ends before its commands do");
            }
            System.arraycopy(piece, 0, bytes, filled, got);
            filled += got;
        }
        return bytes;
    }

    /** As a line of its own. */
    static byte[] line(byte[] bytes) {
        byte[] length =
                HexFormat.of().toHexDigits((short) (PREFIX + bytes.length)).getBytes(StandardCharsets.US_ASCII);
        byte[] line = Arrays.copyOf(length, PREFIX + bytes.length);
        System.arraycopy(bytes, 0, line, PREFIX, bytes.length);
        return line;
    }

    private String text(int count) throws IOException {
        read += count;
        if (read > most) {
            throw new BadPushException("more than " + most + " bytes come before its pack");
        }
        return new String(exactly(body, count), StandardCharsets.ISO_8859_1);
    }
}
