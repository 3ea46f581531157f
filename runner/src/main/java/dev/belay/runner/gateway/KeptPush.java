package dev.belay.runner.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A push on disk while it is looked through, and until it has gone on. */
final class KeptPush implements AutoCloseable {
    private final Path file;
    private final HttpRequestHead request;

    private KeptPush(Path file, HttpRequestHead request) {
        this.file = file;
        this.request = request;
    }

    /**
     * @param most bytes of it that are taken
     * @return empty where it has more
     */
    static Optional<KeptPush> of(BodyReader body, HttpRequestHead request, Path folder, long most) throws IOException {
        KeptPush kept = new KeptPush(Files.createTempFile(Files.createDirectories(folder), "push-", ""), request);
        boolean whole = false;
        try {
            whole = kept.take(body, most);
        } finally {
            if (!whole) {
                kept.close();
            }
        }
        return whole ? Optional.of(kept) : Optional.empty();
    }

    private boolean take(BodyReader body, long most) throws IOException {
        byte[] piece = new byte[Wire.PIECE];
        long left = most;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int count = body.read(piece, piece.length); count >= 0; count = body.read(piece, piece.length)) {
                left -= count;
                if (left < 0) {
                    return false;
                }
                out.write(piece, 0, count);
            }
        }
        return true;
    }

    /** As it came. */
    static BodyReader again(InputStream opened) {
        return (bytes, most) -> opened.read(bytes, 0, most);
    }

    InputStream open() throws IOException {
        return Files.newInputStream(file);
    }

    /** What follows its commands, as the server would read it. */
    InputStream pack() throws IOException {
        InputStream opened = open();
        Optional<GunzippedBody> gunzipped = PushRequest.gunzipped(request, again(opened));
        BodyReader said = gunzipped.isPresent() ? gunzipped.get() : again(opened);
        PushCommands.read(new PktLines(said, PushCommands.MOST_BYTES));
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int from, int most) throws IOException {
                if (most == 0) {
                    return 0;
                }
                byte[] piece = new byte[Math.min(most, Wire.PIECE)];
                int count = said.read(piece, piece.length);
                if (count > 0) {
                    System.arraycopy(piece, 0, bytes, from, count);
                }
                return count;
            }

            @Override
            public void close() throws IOException {
                gunzipped.ifPresent(GunzippedBody::close);
                opened.close();
            }
        };
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
