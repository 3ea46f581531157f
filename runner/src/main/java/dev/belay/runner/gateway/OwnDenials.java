package dev.belay.runner.gateway;

import dev.belay.runner.gateway.Egress.Denial;

/** What the gateway refuses by itself, whatever the policy allows: what nobody could judge. */
final class OwnDenials {
    private static final String RULE = "RESTRICTED network (gateway)";

    private OwnDenials() {}

    static Denial unreadable() {
        return own(
                "the host or the port is not spelt as a plain name or address",
                "write the host as a plain name, or an address in its usual spelling, with its port");
    }

    static Denial noProxyGreeting() {
        return own(
                "the connection did not say where to in a proxy's protocol",
                "use the proxy of HTTP_PROXY and HTTPS_PROXY; nothing else leads out of the sandbox");
    }

    static Denial onlyConnect() {
        return own(
                "only outgoing TCP connections are offered, no UDP and no listening",
                "use an outgoing TCP connection; no policy allows anything else");
    }

    /** @param name what the hello named, hostile text; empty for none */
    static Denial otherName(String name) {
        String said = name.isEmpty()
                ? "its TLS names no host"
                : "its TLS names another host: " + HostText.canonical(name).orElse("an unreadable one");
        return own(said, "connect to the host that is meant, by its name; the policy is asked about that one");
    }

    /**
     * Encrypted Client Hello is refused, and with it the random bytes that some browsers send in its place, which are made
     * to look the same. Behind one address of a large provider an encrypted name reaches any of its customers, so a name
     * on the list would allow them all. Command line tools do not send it; browsers can be told not to.
     */
    static Denial hiddenName() {
        return own(
                "the name inside is hidden (TLS encrypted client hello)",
                "turn encrypted client hello off in the client (Chromium: --disable-features=EncryptedClientHello)");
    }

    static Denial noHello() {
        return own(
                "what was sent is no TLS client hello that can be read, and port 443 is for TLS alone",
                "speak TLS there, or use another port that the policy allows");
    }

    static Denial noHelloToInspect() {
        return own(
                "what was sent is no TLS client hello that can be read, and each request to this host is judged",
                "speak TLS through CONNECT, or plain HTTP by the whole address, http://host/path");
    }

    static Denial noRoomToInspect() {
        return own(
                "the runner opens the TLS of as many connections as it can hold, of all its tasks together",
                "keep fewer connections to such hosts open at once, or try again when some have ended");
    }

    static Denial spent(String verb, long bytes) {
        return own(
                "this task has " + verb + " the " + bytes + " bytes that it may",
                "use what is there already; a new task has its bytes anew");
    }

    /** @param why one sentence without its full stop */
    static Denial unreadablePush(String why) {
        return own(
                "a push to a git server whose commands cannot be read: " + why,
                "push with a usual git client, unsigned and a few hundred refs at a time");
    }

    static Denial pushesAtOnce() {
        return own(
                "another push of this sandbox is being looked through",
                "push one thing after the other; this one may be tried again when that one has ended");
    }

    static Denial largePush(long most) {
        return own(
                "a push of more than " + (most >> 20) + " MiB is not looked through",
                "push fewer commits at a time, and no large files");
    }

    /** Some servers merge, or change other refs than those of the push, when an option says so. */
    static Denial pushOptions() {
        return own(
                "an option of a push can order more than its refs say",
                "push without options: no --push-option, and push.pushOption not set");
    }

    private static Denial own(String reason, String instead) {
        return new Denial(RULE, "default", reason, instead);
    }
}
