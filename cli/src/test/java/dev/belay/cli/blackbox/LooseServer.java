package dev.belay.cli.blackbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A server of two names, one of which nobody in a sandbox may reach: it reads requests as loosely as it can, and gives its
 * word away to whoever asks for that one.
 */
final class LooseServer implements AutoCloseable {
    static final String WORD = "word-of-the-forbidden";
    private static final String FORBIDDEN = "forbidden";

    private final Doorway doorway;
    private final boolean alwaysForbidden;

    /**
     * @param socket not bound yet
     * @param alwaysForbidden whoever comes was not to come
     */
    LooseServer(ServerSocket socket, String address, boolean alwaysForbidden) {
        this.alwaysForbidden = alwaysForbidden;
        this.doorway = new Doorway(socket, address, this::serve);
    }

    static LooseServer plain(String address, boolean alwaysForbidden) {
        return new LooseServer(Doorway.unbound(), address, alwaysForbidden);
    }

    /** Answers every datagram with the word, until it is closed. */
    static DatagramSocket datagrams(String address) {
        try {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0));
            Thread.ofVirtual().start(() -> {
                byte[] word = WORD.getBytes(StandardCharsets.US_ASCII);
                while (!socket.isClosed()) {
                    try {
                        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                        socket.receive(packet);
                        socket.send(new DatagramPacket(word, word.length, packet.getSocketAddress()));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            return socket;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return doorway.port();
    }

    @Override
    public void close() {
        doorway.close();
    }

    private void serve(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        for (String head = head(in); !head.isBlank(); head = head(in)) {
            String lower = head.toLowerCase(Locale.ROOT);
            if (lower.contains("/away ")) {
                answer(client, "302 Found", "Location: http://forbidden.example:" + port() + "/\r\n", "elsewhere");
            } else {
                answer(client, "200 OK", "", alwaysForbidden || lower.contains(FORBIDDEN) ? WORD : "an open page");
            }
            if (lower.contains("\nconnection: close")) {
                return;
            }
        }
    }

    private static void answer(Socket client, String status, String headers, String body) throws IOException {
        client.getOutputStream()
                .write(("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + (body.length() + 1) + "\r\n\r\n"
                                + body + "\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.write(c);
            String text = head.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith("\r\n\r\n") || text.endsWith("\n\n") || text.matches("GET [^ ]+\r?\n")) {
                return text;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }
}
