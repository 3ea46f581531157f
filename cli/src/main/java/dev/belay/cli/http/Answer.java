package dev.belay.cli.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A server's answer; its body is read while it comes. A body that is cut is an {@link EOFException}, never short. */
public final class Answer implements AutoCloseable {
    private static final int MOST_LINE = 16 << 10;
    private static final int MOST_HEADERS = 200;

    private final Socket socket;
    private final int status;
    private final Map<String, String> headers;
    private final InputStream body;

    private Answer(Socket socket, int status, Map<String, String> headers, InputStream body) {
        this.socket = socket;
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    static Answer read(Socket socket, InputStream in) throws IOException {
        while (true) {
            String first = line(in);
            if (first.length() < 12 || !first.startsWith("HTTP/1.")) {
                throw new IOException("the answer is not HTTP/1.1");
            }
            int status;
            try {
                status = Integer.parseInt(first.substring(9, 12));
            } catch (NumberFormatException bad) {
                throw new IOException("the answer has no status", bad);
            }
            Map<String, String> headers = headers(in);
            if (status >= 200) {
                return new Answer(socket, status, headers, body(in, status, headers));
            }
        }
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < MOST_HEADERS; i++) {
            String line = line(in);
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        throw new IOException("the answer has too many headers");
    }

    private static InputStream body(InputStream in, int status, Map<String, String> headers) throws IOException {
        if (status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return new Framed(in, -1);
        }
        String length = headers.get("content-length");
        if (length == null) {
            return in;
        }
        try {
            return new Framed(in, Long.parseLong(length));
        } catch (NumberFormatException bad) {
            throw new IOException("the answer has a bad length", bad);
        }
    }

    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0) {
            if (c == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            if (line.length() >= MOST_LINE) {
                throw new IOException("a header line is too long");
            }
            line.append((char) c);
        }
        throw new EOFException("the connection was closed");
    }

    public int status() {
        return status;
    }

    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public InputStream body() {
        return body;
    }

    public String text(int most) throws IOException {
        byte[] bytes = body.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new IOException("the answer is larger than " + most + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Also ends a read that another thread is in. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A body of known length (one frame), or of chunks. */
    private static final class Framed extends InputStream {
        private final InputStream in;
        private final boolean chunked;
        private long left;
        private boolean ended;
        private boolean first = true;

        Framed(InputStream in, long length) {
            this.in = in;
            this.chunked = length < 0;
            this.left = Math.max(0, length);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0 && !ended) {
                nextFrame();
            }
            if (ended) {
                return -1;
            }
            int got = in.read(bytes, offset, (int) Math.min(length, left));
            if (got < 0) {
                throw new EOFException("the connection was cut");
            }
            left -= got;
            return got;
        }

        private void nextFrame() throws IOException {
            if (!chunked) {
                ended = true;
                return;
            }
            if (!first && !line(in).isEmpty()) {
                throw new IOException("a chunk does not end where it should");
            }
            first = false;
            String size = line(in);
            int semicolon = size.indexOf(';');
            try {
                left = Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            } catch (NumberFormatException bad) {
                throw new IOException("a chunk has a bad size", bad);
            }
            if (left < 0) {
                throw new IOException("a chunk has a bad size");
            }
            if (left == 0) {
                ended = true;
            }
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(left, in.available());
        }
    }
}
