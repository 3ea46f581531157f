package dev.belay.cli.http;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;

/** Where a controller listens: {@code http://host:port} or {@code https://host:port}, nothing behind it. */
public record Address(boolean tls, String host, int port) {
    private static final String VARIABLE = "BELAY_SERVER";

    public static Address parse(String text) {
        return parse(text, VARIABLE);
    }

    /** @param what where the text stands, for the message */
    public static Address parse(String text, String what) {
        boolean tls = text.startsWith("https://");
        if (!tls && !text.startsWith("http://")) {
            throw wrong(text, what);
        }
        String rest = text.substring(tls ? 8 : 7);
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        int colon = rest.lastIndexOf(':');
        boolean numbered = colon > rest.lastIndexOf(']');
        String host = numbered ? rest.substring(0, colon) : rest;
        int port = numbered ? port(rest.substring(colon + 1), text, what) : tls ? 443 : 80;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!Character.isLetterOrDigit(c) && ".-_[]:".indexOf(c) < 0) {
                throw wrong(text, what);
            }
        }
        if (host.isEmpty()) {
            throw wrong(text, what);
        }
        return new Address(tls, host, port);
    }

    private static int port(String digits, String text, String what) {
        try {
            int port = Integer.parseInt(digits);
            if (port > 0 && port < 65536) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            throw wrong(text, what);
        }
        throw wrong(text, what);
    }

    private static BelayException wrong(String text, String what) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                what + " is not an address: " + text,
                "it must be http://host:port or https://host:port (layer: client)",
                what.equals(VARIABLE)
                        ? "export BELAY_SERVER=http://127.0.0.1:7070"
                        : "belay context add NAME https://belay.example.org");
    }

    /** By its words alone: a name that a resolver might send elsewhere is none, except {@code localhost}. */
    public boolean isLoopback() {
        if (host.equals("localhost") || host.equals("[::1]")) {
            return true;
        }
        if (!host.startsWith("127.")) {
            return false;
        }
        int dots = 0;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            dots += c == '.' ? 1 : 0;
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
        }
        return dots == 3 && !host.endsWith(".");
    }

    /** The host as a socket takes it, without the brackets of an IPv6 address. */
    String dialled() {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    String authority() {
        return host + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }
}
