package dev.belay.runner.sandbox;

/** What every sandbox has at the same place, whatever engine made it. */
public final class Inside {
    /** Of who works there: empty when a sandbox begins, and gone with it. */
    public static final String HOME = "/home/belay";

    /** To be required by Node: versions that read no proxy variables reach the gateway by it. */
    public static final String NODE_PROXY = "/etc/belay-node-proxy.cjs";

    private Inside() {}
}
