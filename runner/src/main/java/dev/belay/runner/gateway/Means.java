package dev.belay.runner.gateway;

import java.util.concurrent.Executor;

/** What all connections of one gateway share. */
record Means(Warden warden, Dialler dialler, Quota quota, GatewayLimits limits, Executor threads) {}
