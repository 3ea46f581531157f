package dev.belay.runner.gateway;

import java.time.Duration;

/**
 * What one task's gateway spends at most.
 *
 * @param connections at once; one more is answered 503 and closed. Each holds two sockets and some 120 KiB, and up to 480 KiB
 *     where TLS is opened; those of all tasks share a part of the heap
 * @param greeting for the first words of a connection, for TLS that is opened here, and for every head of a request
 * @param headBytes of a request or a response
 * @param headers of a request or a response
 * @param idle without a byte in either direction
 * @param lookup of a name
 * @param dial of one address
 * @param dialAll of all addresses of a name; and for TLS with an inspected host
 * @param bytesUp of the whole task, out of the sandbox
 * @param bytesDown of the whole task, into the sandbox
 * @param bytesPerSecond in each direction; 0 is no limit
 */
public record GatewayLimits(
        int connections,
        Duration greeting,
        int headBytes,
        int headers,
        Duration idle,
        Duration lookup,
        Duration dial,
        Duration dialAll,
        long bytesUp,
        long bytesDown,
        long bytesPerSecond) {
    public static final GatewayLimits STANDARD = new GatewayLimits(
            256,
            Duration.ofSeconds(5),
            64 * 1024,
            200,
            Duration.ofSeconds(120),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            1L << 30,
            8L << 30,
            0);
}
