package dev.belay.runner.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Bodies of pushes, one character for each byte. */
final class PushBody {
    static final String OLD = "1".repeat(40);
    static final String NEW = "2".repeat(40);
    static final String NONE = "0".repeat(40);
    static final String CAPABILITIES = " report-status-v2 side-band-64k object-format=sha1 agent=git/2.39.5";
    static final String FLUSH = "0000";
    static final String PACK = "PACK\0\0\0\2\0\0\0\0 and what else is in a pack";

    private PushBody() {}

    static String line(String text) {
        return String.format("%04x", text.length() + 4) + text;
    }

    static String command(String ref) {
        return OLD + " " + NEW + " " + ref;
    }

    /** Of a usual client. */
    static String of(String... refs) {
        return with(CAPABILITIES, refs);
    }

    static String with(String capabilities, String... refs) {
        StringBuilder body = new StringBuilder();
        String said = "\0" + capabilities;
        for (String ref : refs) {
            body.append(line(command(ref) + said));
            said = "";
        }
        return body + FLUSH + PACK;
    }

    static byte[] bytes(String body) {
        return body.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String gzip(String body) {
        try {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                out.write(bytes(body));
            }
            return packed.toString(StandardCharsets.ISO_8859_1);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
