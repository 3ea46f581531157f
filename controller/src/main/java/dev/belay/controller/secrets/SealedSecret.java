package dev.belay.controller.secrets;

import java.time.Instant;
import java.util.List;

/** A secret as it is stored. */
record SealedSecret(
        String tenant, String name, List<String> hosts, byte[] sealed, String keyId, Instant setAt, String actor) {
    SealedFor purpose() {
        return new SealedFor(tenant, name, hosts);
    }
}
