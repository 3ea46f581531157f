package dev.belay.policies.secrets;

import dev.belay.policies.network.HostName;
import dev.belay.policies.network.HostPattern;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a task may do with one secret.
 *
 * @param variable the one that holds its placeholder in the sandbox; none where only the gateway speaks of it
 * @param hosts the only ones that its value goes to, and only through TLS
 */
public record SecretUse(String name, Optional<String> variable, List<HostPattern> hosts) {
    public SecretUse {
        hosts = List.copyOf(hosts);
    }

    /** @param saidHost as the sandbox called it */
    public boolean goesTo(String saidHost, int port) {
        return HostName.of(saidHost)
                .filter(host -> hosts.stream().anyMatch(pattern -> pattern.matches(host, port)))
                .isPresent();
    }

    /** {@code registry.example:443, *.example}. */
    public String hostsInWords() {
        return hosts.stream().map(HostPattern::toString).collect(Collectors.joining(", "));
    }
}
