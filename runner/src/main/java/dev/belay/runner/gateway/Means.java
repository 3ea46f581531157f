package dev.belay.runner.gateway;

import java.util.concurrent.Executor;

/**
 * What all connections of one gateway share.
 *
 * @param authority vouches inside the sandbox for hosts whose TLS is opened
 * @param trust whom such hosts must be known to
 */
record Means(
        Warden warden,
        Dialler dialler,
        Quota quota,
        GatewayLimits limits,
        Executor threads,
        Authority authority,
        Trust trust) {}
