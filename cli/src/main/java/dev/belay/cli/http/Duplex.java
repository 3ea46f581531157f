package dev.belay.cli.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A request whose body is sent while its answer is read: bytes both ways over one connection. */
public final class Duplex implements AutoCloseable {
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LINE = "\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final OutputStream out;
    private final Answer answer;

    /** @param out of a connection whose request's head was sent */
    Duplex(Socket socket, OutputStream out, Answer answer) {
        this.socket = socket;
        this.out = out;
        this.answer = answer;
    }

    public Answer answer() {
        return answer;
    }

    /** As it comes; no silence is too long from now on, while somebody is there. */
    public InputStream in() throws IOException {
        socket.setSoTimeout(0);
        return answer.body();
    }

    /** One chunk, which leaves at once. */
    public void send(byte[] bytes, int count) throws IOException {
        byte[] size = (Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[size.length + count + LINE.length];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(bytes, 0, chunk, size.length, count);
        System.arraycopy(LINE, 0, chunk, size.length + count, LINE.length);
        out.write(chunk);
        out.flush();
    }

    /** Nothing more is sent; the answer goes on. */
    public void endSending() throws IOException {
        out.write(LAST);
        out.flush();
    }

    /** Also ends a read or a write that another thread is in. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
