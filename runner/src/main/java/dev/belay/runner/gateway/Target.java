package dev.belay.runner.gateway;

/**
 * Where a connection wanted to go, as it said itself. Hostile text: {@link #named} lets only what a name or address is
 * made of through.
 *
 * @param host empty where it could not be read
 * @param port 0 where none was said
 * @param method of HTTP or SOCKS; may be empty
 */
public record Target(String host, int port, Protocol protocol, String method) {
    private static final int LONGEST_NAME = 253;

    static Target named(String host, int port, Protocol protocol, String method) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        boolean name = bare.matches("[A-Za-z0-9._:%-]+") && bare.length() <= LONGEST_NAME;
        boolean number = port >= 0 && port <= 65_535;
        return new Target(
                name ? bare.toLowerCase(java.util.Locale.ROOT) : "",
                number ? port : 0,
                protocol,
                method.matches("[A-Z]{1,20}") ? method : "");
    }

    static Target unreadable(Protocol protocol) {
        return new Target("", 0, protocol, "");
    }

    /** {@code example.com:443}; an address with colons in brackets. */
    public String label() {
        String name = host.isEmpty() ? "an unreadable address" : host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == 0 ? name : name + ":" + port;
    }
}
