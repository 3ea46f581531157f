package dev.belay.policies;

/**
 * The rights of one task. Pure: the same question has the same answer everywhere, and asking changes nothing.
 *
 * <p>There is one policy today, {@link #standard()}: the project's copy is readable and writable, commands run inside the
 * sandbox, there is no network.
 */
public final class Policy {
    private static final Policy STANDARD = new Policy();

    private Policy() {}

    public static Policy standard() {
        return STANDARD;
    }

    /** May the sandbox speak to {@code host:port}? The list of allowed hosts is empty, and empty means nothing. */
    public Verdict network(String host, int port) {
        return new Verdict.Denied(
                "gateway",
                "RESTRICTED network (default)",
                "default",
                "no host is on the list of allowed hosts, so " + host + ":" + port + " is not reachable",
                "work with what is in the project; in this version no host can be allowed");
    }
}
