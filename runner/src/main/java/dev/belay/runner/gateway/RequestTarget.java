package dev.belay.runner.gateway;

/**
 * Where a request wants to go, read as leniently as a person would, so that even a broken request is refused by its name.
 * What is let through has been read strictly too, by {@link HttpRequestHead}.
 */
final class RequestTarget {
    private RequestTarget() {}

    static Target of(RawHead raw) {
        String[] word = raw.firstLine().split(" ", -1);
        if (word.length != 3 || !word[2].startsWith("HTTP/")) {
            return Target.unreadable(Protocol.UNKNOWN);
        }
        if (word[0].equals("CONNECT")) {
            return of(word[1], 443, Protocol.CONNECT, word[0]);
        }
        int scheme = word[1].indexOf("://");
        return scheme > 0
                ? of(
                        authority(word[1].substring(scheme + 3)),
                        word[1].startsWith("https:") ? 443 : 80,
                        Protocol.HTTP,
                        word[0])
                : of(hostHeader(raw.text()), 80, Protocol.HTTP, word[0]);
    }

    /** Inside of TLS that was opened for a target. */
    static Target inside(Target tunnel, RawHead raw) {
        String[] word = raw.firstLine().split(" ", -1);
        return Target.named(tunnel.host(), tunnel.port(), Protocol.HTTPS, word[0]);
    }

    /** Up to the first character that cannot be part of it. */
    static String authority(String afterScheme) {
        int end = 0;
        while (end < afterScheme.length() && "/?#".indexOf(afterScheme.charAt(end)) < 0) {
            end++;
        }
        return afterScheme.substring(0, end);
    }

    static Target of(String authority, int defaultPort, Protocol protocol, String method) {
        String host = authority.substring(authority.lastIndexOf('@') + 1);
        int bracket = host.startsWith("[") ? host.indexOf(']') : -1;
        if (bracket > 0) {
            return bracketed(host, bracket, defaultPort, protocol, method);
        }
        int colon = host.indexOf(':');
        if (colon >= 0 && colon == host.lastIndexOf(':')) {
            return Target.named(host.substring(0, colon), port(host.substring(colon + 1)), protocol, method);
        }
        // An address with colons needs its brackets here.
        return Target.named(colon < 0 ? host : "", defaultPort, protocol, method);
    }

    private static Target bracketed(String host, int bracket, int defaultPort, Protocol protocol, String method) {
        String address = host.substring(1, bracket);
        String rest = host.substring(bracket + 1);
        boolean plain = address.indexOf(':') >= 0 && (rest.isEmpty() || rest.startsWith(":"));
        return Target.named(
                plain ? address : "", rest.isEmpty() ? defaultPort : port(rest.substring(1)), protocol, method);
    }

    private static int port(String digits) {
        return digits.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(digits) : 0;
    }

    private static String hostHeader(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "host:", 0, 5))
                .map(line -> line.substring(5).strip())
                .findFirst()
                .orElse("");
    }
}
