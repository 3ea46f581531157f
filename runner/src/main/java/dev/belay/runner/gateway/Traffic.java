package dev.belay.runner.gateway;

/**
 * What passed a gateway so far.
 *
 * @param connections from the sandbox, refused ones too
 * @param requests judged, each request of a kept connection
 * @param bytesUp sent to hosts
 * @param bytesDown received from hosts
 */
public record Traffic(long connections, long requests, long bytesUp, long bytesDown) {}
