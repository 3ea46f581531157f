package dev.belay.runner.gateway;

import dev.belay.runner.secrets.Scrubber;
import dev.belay.runner.secrets.SharedScrubber;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * What all connections of one gateway share.
 *
 * @param authority vouches inside the sandbox for hosts whose TLS is opened
 * @param trust whom such hosts must be known to
 * @param vault what is put in on the way
 * @param shared what finds these values in what comes back
 * @param onePush of all that push, who is looked through
 * @param heap what they share with those of all other gateways, too
 */
record Means(
        Warden warden,
        Dialler dialler,
        Quota quota,
        GatewayLimits limits,
        Executor threads,
        Authority authority,
        Trust trust,
        HeapShare heap,
        Vault vault,
        SharedScrubber shared,
        Semaphore onePush) {

    /** Of all values that were handed out by now. */
    Scrubber scrubber() {
        return shared.covering(vault.known());
    }
}
