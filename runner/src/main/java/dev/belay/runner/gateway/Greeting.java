package dev.belay.runner.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Finds out what a connection speaks and whereto, reading no more than that takes, and answers a refusal in kind. */
final class Greeting {
    private static final int LONGEST_LINE = 8 * 1024;

    private Greeting() {}

    /** Null when nothing was said. */
    static @Nullable Target read(BoundedInput in, OutputStream out) throws IOException {
        int first = in.read();
        return switch (first) {
            case -1 -> null;
            case 4 -> socks4(in);
            case 5 -> socks5(in, out);
            case 0x16 -> ClientHello.target(in);
            default ->
                Character.isLetter(first) && first < 128 ? http((char) first, in) : Target.unreadable(Protocol.UNKNOWN);
        };
    }

    static byte[] refusal(Target target, NetworkRule.Denial denial) {
        return switch (target.protocol()) {
            case HTTP, CONNECT, UNKNOWN -> httpRefusal(target, denial);
            case SOCKS4 -> new byte[] {0, 0x5b, 0, 0, 0, 0, 0, 0};
            case SOCKS5 -> new byte[] {5, 2, 0, 1, 0, 0, 0, 0, 0, 0};
            // A fatal alert: access denied.
            case TLS -> new byte[] {0x15, 3, 1, 0, 2, 2, 49};
        };
    }

    private static byte[] httpRefusal(Target target, NetworkRule.Denial denial) {
        String body = "Belay: this sandbox has no network. The gateway refused " + target.label() + " (rule: "
                + denial.rule()
                + ").\nDo not retry: no mirror, proxy setting or other tool reaches it either. Work without it, or"
                + " say what you need and why; " + denial.instead() + ".\n";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 403 Forbidden\r\n"
                + "X-Belay-Denied: egress " + target.label() + "\r\n"
                + "X-Belay-Denied-Layer: gateway\r\n"
                + "X-Belay-Denied-Rule: " + denial.rule().replaceAll("[^ -~]", "?") + "\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: " + bytes.length + "\r\n"
                + "Connection: close\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.UTF_8);
    }

    private static Target http(char first, BoundedInput in) throws IOException {
        String request = first + line(in);
        String[] word = request.split(" ", -1);
        if (word.length != 3 || !word[2].startsWith("HTTP/")) {
            return Target.unreadable(Protocol.UNKNOWN);
        }
        if (word[0].equals("CONNECT")) {
            skipHeaders(in);
            return authority(word[1], 443, Protocol.CONNECT, word[0]);
        }
        int scheme = word[1].indexOf("://");
        if (scheme > 0) {
            skipHeaders(in);
            String rest = word[1].substring(scheme + 3);
            int end = 0;
            while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
                end++;
            }
            return authority(rest.substring(0, end), word[1].startsWith("https:") ? 443 : 80, Protocol.HTTP, word[0]);
        }
        return authority(hostHeader(in), 80, Protocol.HTTP, word[0]);
    }

    private static Target authority(String text, int defaultPort, Protocol protocol, String method) {
        String host = text.substring(text.lastIndexOf('@') + 1);
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']') && host.indexOf(':') == colon
                || colon > 0 && host.startsWith("[") && colon > host.indexOf(']')) {
            String digits = host.substring(colon + 1);
            int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
            return Target.named(host.substring(0, colon), port, protocol, method);
        }
        return Target.named(host, defaultPort, protocol, method);
    }

    private static String hostHeader(BoundedInput in) throws IOException {
        String host = "";
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (host.isEmpty() && header.regionMatches(true, 0, "host:", 0, 5)) {
                host = header.substring(5).strip();
            }
        }
        return host;
    }

    private static void skipHeaders(BoundedInput in) throws IOException {
        while (!line(in).isEmpty()) {
            // Nothing in them matters to a refusal.
            continue;
        }
    }

    /** Without its end; empty at the end of the input. */
    private static String line(BoundedInput in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n' && line.length() < LONGEST_LINE; next = in.read()) {
            line.append((char) next);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    private static Target socks4(BoundedInput in) throws IOException {
        byte[] head = in.read(7);
        if (head.length < 7) {
            return Target.unreadable(Protocol.SOCKS4);
        }
        zeroTerminated(in);
        boolean named = head[3] == 0 && head[4] == 0 && head[5] == 0 && head[6] != 0;
        String host = named ? zeroTerminated(in) : address(new byte[] {head[3], head[4], head[5], head[6]});
        return Target.named(host, port(head, 1), Protocol.SOCKS4, socksMethod(head[0]));
    }

    private static Target socks5(BoundedInput in, OutputStream out) throws IOException {
        in.read(Math.max(in.read(), 0));
        out.write(new byte[] {5, 0});
        out.flush();
        byte[] head = in.read(4);
        if (head.length < 4) {
            return Target.unreadable(Protocol.SOCKS5);
        }
        String host = switch (head[3]) {
            case 1 -> address(in.read(4));
            case 3 -> new String(in.read(Math.max(in.read(), 0)), StandardCharsets.ISO_8859_1);
            case 4 -> address(in.read(16));
            default -> "";
        };
        return Target.named(host, port(in.read(2), 0), Protocol.SOCKS5, socksMethod(head[1]));
    }

    private static String socksMethod(byte command) {
        return switch (command) {
            case 1 -> "CONNECT";
            case 2 -> "BIND";
            case 3 -> "UDP";
            default -> "";
        };
    }

    private static String zeroTerminated(BoundedInput in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next > 0; next = in.read()) {
            text.append((char) next);
        }
        return text.toString();
    }

    private static int port(byte[] bytes, int at) {
        return bytes.length < at + 2 ? 0 : (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private static String address(byte[] bytes) throws IOException {
        return bytes.length == 4 || bytes.length == 16
                ? java.net.InetAddress.getByAddress(bytes).getHostAddress()
                : "";
    }
}
