package dev.belay.runner.gateway;

/** What a connection turned out to speak. */
public enum Protocol {
    HTTP,
    /** HTTP inside of TLS that the gateway opened. */
    HTTPS,
    /** HTTP's CONNECT, before a tunnel. */
    CONNECT,
    SOCKS4,
    SOCKS5,
    /** TLS straight to the gateway, without a proxy's greeting. */
    TLS,
    UNKNOWN
}
