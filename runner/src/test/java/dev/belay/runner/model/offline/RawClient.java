package dev.belay.runner.model.offline;

import dev.belay.runner.sandbox.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that decides about every byte. */
final class RawClient implements AutoCloseable {
    private final Socket socket;

    RawClient(OfflineServer server) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    void post(TestWire wire, String body) throws IOException {
        send(request(wire, body));
    }

    static String request(TestWire wire, String body) {
        StringBuilder head = new StringBuilder("POST " + wire.path + " HTTP/1.1\r\nHost: localhost\r\n");
        wire.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return head + "Content-Length: " + length + "\r\n\r\n" + body;
    }

    int available() throws IOException {
        return socket.getInputStream().available();
    }

    byte[] read(int bytes) throws IOException {
        return socket.getInputStream().readNBytes(bytes);
    }

    /** Reads up to the end of where the text comes for the n-th time. */
    String readUntil(String text, int times) throws IOException {
        StringBuilder all = new StringBuilder();
        int seen = 0;
        while (seen < times) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new AssertionError("ended after: " + all);
            }
            all.append((char) next);
            seen += all.toString().endsWith(text) ? 1 : 0;
        }
        return all.toString();
    }

    /** All that comes until the server ends the connection. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** What chunks hold, as far as they came. */
    static String unchunked(String body) {
        StringBuilder all = new StringBuilder();
        for (int at = 0; at < body.length(); ) {
            int line = body.indexOf("\r\n", at);
            int length = Integer.parseInt(body.substring(at, line), 16);
            all.append(body, line + 2, line + 2 + length);
            at = line + 2 + length + 2;
        }
        return all.toString();
    }

    /** The server reads that no more will come. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    void awaitSeen(OfflineServer server, int requests) throws Exception {
        boolean came =
                Eventually.within(Duration.ofSeconds(20), () -> server.seen().size() >= requests);
        if (!came) {
            throw new AssertionError("the request was not seen");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
