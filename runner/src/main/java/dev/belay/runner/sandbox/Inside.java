package dev.belay.runner.sandbox;

/** What every sandbox has at the same place, whatever engine made it. */
public final class Inside {
    /** To be required by Node: versions that read no proxy variables reach the gateway by it. */
    public static final String NODE_PROXY = "/etc/belay-node-proxy.cjs";

    private Inside() {}
}
