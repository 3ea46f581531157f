package dev.belay.controller;

import java.time.Duration;

/** How long things may take. Tests shorten them. */
public record Timings(
        Duration lease,
        Duration assignAck,
        Duration avoidAfterReject,
        Duration cancelGrace,
        Duration poll,
        Duration keepAlive,
        Duration reconnect,
        Duration moveHead,
        Silence silence) {

    /**
     * How long a task may say nothing.
     *
     * @param stalled a live one, before that is told; longer than any call of a tool may take
     * @param abandoned after that was told, before it is taken from its runner
     * @param queued a queued one, before it is given up
     * @param parked one that waits for a person or is paused, before it is ended
     */
    public record Silence(Duration stalled, Duration abandoned, Duration queued, Duration parked) {}

    /** What fleet and laptop run with. */
    public static Timings standard() {
        return new Timings(
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                Duration.ofSeconds(120),
                new Silence(Duration.ofMinutes(15), Duration.ofMinutes(45), Duration.ofDays(7), Duration.ofDays(30)));
    }

    public Timings withLease(Duration value) {
        return new Timings(
                value, assignAck, avoidAfterReject, cancelGrace, poll, keepAlive, reconnect, moveHead, silence);
    }

    public Timings withAssignAck(Duration value) {
        return new Timings(lease, value, avoidAfterReject, cancelGrace, poll, keepAlive, reconnect, moveHead, silence);
    }

    public Timings withAvoidAfterReject(Duration value) {
        return new Timings(lease, assignAck, value, cancelGrace, poll, keepAlive, reconnect, moveHead, silence);
    }

    public Timings withCancelGrace(Duration value) {
        return new Timings(lease, assignAck, avoidAfterReject, value, poll, keepAlive, reconnect, moveHead, silence);
    }

    public Timings withPoll(Duration value) {
        return new Timings(
                lease, assignAck, avoidAfterReject, cancelGrace, value, keepAlive, reconnect, moveHead, silence);
    }

    public Timings withKeepAlive(Duration value) {
        return new Timings(lease, assignAck, avoidAfterReject, cancelGrace, poll, value, reconnect, moveHead, silence);
    }

    public Timings withReconnect(Duration value) {
        return new Timings(lease, assignAck, avoidAfterReject, cancelGrace, poll, keepAlive, value, moveHead, silence);
    }

    public Timings withSilence(Silence value) {
        return new Timings(
                lease, assignAck, avoidAfterReject, cancelGrace, poll, keepAlive, reconnect, moveHead, value);
    }

    /** For SQL's make_interval. */
    public static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
