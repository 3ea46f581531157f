package dev.belay.cli.blackbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;

/**
 * A proxy that protects nobody: it takes whatever can be meant by a request, and goes there. What gets out by it shows that
 * an attempt is one, and that its failure elsewhere means something.
 */
final class OpenProxy implements AutoCloseable {
    private final Doorway doorway;
    private final Map<String, String> names;

    /** @param names which addresses they lead to */
    OpenProxy(Map<String, String> names) {
        this.names = Map.copyOf(names);
        this.doorway = new Doorway(this::serve);
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
        int first = in.read();
        try {
            if (first == 5) {
                socks5(client, in);
            } else if (first == 4) {
                socks4(client, in);
            } else {
                http(client, in, first);
            }
        } catch (IllegalArgumentException meaningless) {
            throw new IOException(meaningless);
        }
    }

    private void socks5(Socket client, InputStream in) throws IOException {
        in.readNBytes(in.read());
        client.getOutputStream().write(new byte[] {5, 0});
        in.readNBytes(3);
        String host = switch (in.read()) {
            case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
            case 4 -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
            default -> new String(in.readNBytes(in.read()), StandardCharsets.ISO_8859_1);
        };
        int port = in.read() << 8 | in.read();
        try (Socket server = dial(host, port)) {
            client.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            pump(client, server);
        }
    }

    private void socks4(Socket client, InputStream in) throws IOException {
        in.read();
        int port = in.read() << 8 | in.read();
        byte[] address = in.readNBytes(4);
        text(in);
        boolean named = address[0] == 0 && address[1] == 0 && address[2] == 0 && address[3] != 0;
        String host = named ? text(in) : InetAddress.getByAddress(address).getHostAddress();
        try (Socket server = dial(host, port)) {
            client.getOutputStream().write(new byte[] {0, 90, 0, 0, 0, 0, 0, 0});
            pump(client, server);
        }
    }

    private static String text(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c > 0; c = in.read()) {
            text.append((char) c);
        }
        return text.toString();
    }

    private void http(Socket client, InputStream in, int begun) throws IOException {
        int first = begun;
        while (first >= 0) {
            String head = head(in, first);
            String[] words = head.strip().split("[ \t]+", 3);
            if (words[0].equalsIgnoreCase("CONNECT")) {
                try (Socket server = dial(authority(words[1]))) {
                    client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    pump(client, server);
                }
                return;
            }
            forwarded(client, in, head, words[1]);
            first = header(head, "connection").equalsIgnoreCase("close") ? -1 : in.read();
        }
    }

    private void forwarded(Socket client, InputStream in, String head, String target) throws IOException {
        int scheme = target.indexOf("://");
        String where = scheme > 0 ? target.substring(scheme + 3) : header(head, "host");
        try (Socket server = dial(authority(where.replace('\\', '/').split("[/?#]", 2)[0]))) {
            OutputStream to = server.getOutputStream();
            to.write(head.replaceFirst("(?i)\r?\nconnection:[^\n]*", "")
                    .replaceFirst("\r?\n\r?\n$", "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            String length = header(head, "content-length");
            if (!length.isEmpty()) {
                to.write(in.readNBytes(Integer.parseInt(length)));
            }
            server.getInputStream().transferTo(client.getOutputStream());
        }
    }

    private static String header(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** Up to the empty line, whatever ends the lines; at once where there is no version. */
    private static String head(InputStream in, int first) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        for (int c = first; c >= 0; c = in.read()) {
            head.write(c);
            text = head.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith("\r\n\r\n") || text.endsWith("\n\n")) {
                break;
            }
        }
        return text;
    }

    private static String authority(String text) {
        return text.substring(text.lastIndexOf('@') + 1);
    }

    private Socket dial(String authority) throws IOException {
        int colon = authority.lastIndexOf(':');
        boolean port = colon > authority.lastIndexOf(']');
        return dial(
                port ? authority.substring(0, colon) : authority,
                port ? Integer.parseInt(authority.substring(colon + 1).strip()) : 80);
    }

    private Socket dial(String said, int port) throws IOException {
        String host = said.contains("%") ? URLDecoder.decode(said, StandardCharsets.UTF_8) : said;
        host = new String(host.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        host = Normalizer.normalize(host, Normalizer.Form.NFKC)
                .replace('\u3002', '.')
                .toLowerCase(Locale.ROOT);
        int nul = host.indexOf('\0');
        host = (nul < 0 ? host : host.substring(0, nul)).strip();
        host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return new Socket(names.getOrDefault(host, address(host)), port);
    }

    /** As the oldest libraries read one: fewer parts, octal and hexadecimal, and IPv4 within IPv6. */
    private static String address(String host) {
        String plain = host.replaceAll("^\\[|]$", "").replaceFirst("^::ffff:", "");
        String[] parts = plain.split("\\.");
        if (!plain.matches("[0-9a-fx.]+") || parts.length > 4) {
            return plain;
        }
        long value = 0;
        for (int i = 0; i < parts.length; i++) {
            long part = Long.decode(parts[i]);
            value = i == parts.length - 1 ? (value << 8 * (4 - i)) + part : (value << 8) + part;
        }
        return (value >> 24 & 255) + "." + (value >> 16 & 255) + "." + (value >> 8 & 255) + "." + (value & 255);
    }

    private void pump(Socket client, Socket server) {
        Thread.ofVirtual().start(() -> doorway.pump(client, server, () -> {}));
        doorway.pump(server, client, () -> {});
    }
}
