package dev.belay.cli.http;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;

/** Where a controller listens: {@code http://host:port} or {@code https://host:port}, nothing behind it. */
public record Address(boolean tls, String host, int port) {
    public static Address parse(String text) {
        boolean tls = text.startsWith("https://");
        if (!tls && !text.startsWith("http://")) {
            throw wrong(text);
        }
        String rest = text.substring(tls ? 8 : 7);
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        int colon = rest.lastIndexOf(':');
        boolean numbered = colon > rest.lastIndexOf(']');
        String host = numbered ? rest.substring(0, colon) : rest;
        int port = numbered ? port(rest.substring(colon + 1), text) : tls ? 443 : 80;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!Character.isLetterOrDigit(c) && ".-_[]:".indexOf(c) < 0) {
                throw wrong(text);
            }
        }
        if (host.isEmpty()) {
            throw wrong(text);
        }
        return new Address(tls, host, port);
    }

    private static int port(String digits, String text) {
        try {
            int port = Integer.parseInt(digits);
            if (port > 0 && port < 65536) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static BelayException wrong(String text) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "BELAY_SERVER is not an address: " + text,
                "it must be http://host:port or https://host:port (layer: client)",
                "export BELAY_SERVER=http://127.0.0.1:7070");
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
