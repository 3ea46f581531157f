package dev.belay.controller.secrets;

import dev.belay.policies.network.HostPattern;
import dev.belay.proto.error.BelayException;
import java.util.List;
import java.util.Optional;

/**
 * What there is to know of a secret without opening it.
 *
 * @param fault why this controller cannot open it
 */
public record KnownSecret(String name, List<HostPattern> hosts, Optional<BelayException> fault) {
    public KnownSecret {
        hosts = List.copyOf(hosts);
    }

    /** Whether it may go wherever {@code wanted} leads. */
    public boolean mayGo(HostPattern wanted) {
        return hosts.stream().anyMatch(host -> host.covers(wanted));
    }
}
