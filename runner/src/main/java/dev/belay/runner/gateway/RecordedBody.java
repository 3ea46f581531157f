package dev.belay.runner.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Remembers what was read of a body, so that all of it can still go on as it came. */
final class RecordedBody implements BodyReader {
    private final BodyReader body;
    private final int most;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    /** @param most bytes that may be read before the decision */
    RecordedBody(BodyReader body, int most) {
        this.body = body;
        this.most = most;
    }

    @Override
    public int read(byte[] bytes, int wanted) throws IOException {
        if (read.size() >= most) {
            throw new BadPushException("more than " + most + " bytes come before its pack");
        }
        int count = body.read(bytes, Math.min(wanted, most - read.size()));
        if (count > 0) {
            read.write(bytes, 0, count);
        }
        return count;
    }

    /** From its first byte on. From now on nothing else may read the body. */
    BodyReader again() {
        ByteArrayInputStream first = new ByteArrayInputStream(read.toByteArray());
        return (bytes, wanted) -> {
            int count = first.read(bytes, 0, wanted);
            return count > 0 ? count : body.read(bytes, wanted);
        };
    }
}
