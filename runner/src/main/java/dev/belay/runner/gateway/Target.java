package dev.belay.runner.gateway;

/**
 * Where a connection wanted to go, as it said itself. Hostile text: {@link #named} lets only what a name or address is
 * made of through, in the one spelling that is judged, dialled and sent on.
 *
 * @param host empty where it could not be read
 * @param port 0 where none was said
 * @param method of HTTP or SOCKS; may be empty
 */
public record Target(String host, int port, Protocol protocol, String method) {
    /** @param host an address with colons is without its brackets */
    static Target named(String host, int port, Protocol protocol, String method) {
        boolean number = port >= 0 && port <= 65_535;
        return new Target(
                HostText.canonical(host).orElse(""),
                number ? port : 0,
                protocol,
                method.matches("[A-Z]{1,20}") ? method : "");
    }

    static Target unreadable(Protocol protocol) {
        return new Target("", 0, protocol, "");
    }

    /** Says where to, completely. */
    boolean readable() {
        return !host.isEmpty() && port > 0;
    }

    /** {@code example.com:443}; an address with colons in brackets. */
    public String label() {
        String name = host.isEmpty() ? "an unreadable address" : bracketed();
        return port == 0 ? name : name + ":" + port;
    }

    /** As the Host header has it. */
    String authority() {
        return port == defaultPort() ? bracketed() : bracketed() + ":" + port;
    }

    /** What a Host header means that says no port. */
    int defaultPort() {
        return protocol == Protocol.HTTPS ? 443 : 80;
    }

    private String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}
