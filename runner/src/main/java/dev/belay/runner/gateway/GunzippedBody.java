package dev.belay.runner.gateway;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What a gzip body says, as far as it is read: the first member alone, since not everybody reads a second one. A header
 * with anything beside the bare necessities is refused.
 */
final class GunzippedBody implements BodyReader, AutoCloseable {
    private static final int HEADER = 10;
    private static final int PIECE = 4 * 1024;

    private final BodyReader body;
    private final Inflater inflater = new Inflater(true);
    private final byte[] packed = new byte[PIECE];
    private boolean begun;

    GunzippedBody(BodyReader body) {
        this.body = body;
    }

    @Override
    public int read(byte[] bytes, int most) throws IOException {
        begin();
        try {
            while (true) {
                int count = inflater.inflate(bytes, 0, most);
                if (count > 0) {
                    return count;
                }
                if (inflater.finished()) {
                    return -1;
                }
                feed();
            }
        } catch (DataFormatException broken) {
            throw new BadPushException("its gzip is broken");
        }
    }

    private void feed() throws IOException {
        if (inflater.needsDictionary()) {
            throw new BadPushException("its gzip is broken");
        }
        int count = body.read(packed, packed.length);
        if (count < 0) {
            throw new BadPushException("its gzip ends early");
        }
        inflater.setInput(packed, 0, count);
    }

    private void begin() throws IOException {
        if (begun) {
            return;
        }
        begun = true;
        byte[] header = PktLines.exactly(body, HEADER);
        boolean plain = (header[0] & 0xff) == 0x1f && (header[1] & 0xff) == 0x8b && header[2] == 8 && header[3] == 0;
        if (!plain) {
            throw new BadPushException("it is no gzip with a plain header");
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
