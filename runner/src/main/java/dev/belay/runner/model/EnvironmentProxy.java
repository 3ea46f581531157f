package dev.belay.runner.model;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The way out of a network that has one: {@code HTTPS_PROXY} and {@code HTTP_PROXY}, but for the hosts of {@code NO_PROXY}
 * and this machine's own. In lower case they count too, and go first.
 */
final class EnvironmentProxy extends ProxySelector {
    private final Map<String, Optional<InetSocketAddress>> byScheme;
    private final List<String> without;

    private EnvironmentProxy(Map<String, Optional<InetSocketAddress>> byScheme, List<String> without) {
        this.byScheme = Map.copyOf(byScheme);
        this.without = List.copyOf(without);
    }

    static EnvironmentProxy of(Map<String, String> environment) {
        return new EnvironmentProxy(
                Map.of("https", address(environment, "HTTPS_PROXY"), "http", address(environment, "HTTP_PROXY")),
                List.of(named(environment, "NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+")));
    }

    private static String named(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        return lower.isEmpty() ? environment.getOrDefault(name, "") : lower;
    }

    private static Optional<InetSocketAddress> address(Map<String, String> environment, String name) {
        String text = named(environment, name).strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI proxy = new URI(text.contains("://") ? text : "http://" + text);
            if ("http".equals(proxy.getScheme()) && proxy.getHost() != null && proxy.getUserInfo() == null) {
                int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
                // Its address is looked up when it is used, and may change.
                return Optional.of(InetSocketAddress.createUnresolved(proxy.getHost(), port));
            }
        } catch (URISyntaxException malformed) {
            throw wrong(name).causedBy(malformed);
        }
        throw wrong(name);
    }

    /** Without the value, which may hold a password. */
    private static dev.belay.proto.error.BelayException wrong(String name) {
        return Providers.wrong(name, "it must look like http://proxy.example:3128; a password is not supported yet");
    }

    @Override
    public List<Proxy> select(URI uri) {
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        Optional<InetSocketAddress> proxy = byScheme.getOrDefault(uri.getScheme(), Optional.empty());
        return proxy.isEmpty() || isOwn(host) || without.stream().anyMatch(pattern -> matches(pattern, host))
                ? List.of(Proxy.NO_PROXY)
                : List.of(new Proxy(Proxy.Type.HTTP, proxy.get()));
    }

    private static boolean isOwn(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]") || host.equals("::1");
    }

    /** A name means its subdomains too, as for most programs. */
    private static boolean matches(String pattern, String host) {
        String name = pattern.startsWith("*.")
                ? pattern.substring(2)
                : pattern.startsWith(".") ? pattern.substring(1) : pattern;
        return pattern.equals("*") || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // Whoever asked is told.
    }
}
