package dev.belay.runner.gateway;

import dev.belay.runner.gateway.Egress.Denial;

/** What the gateway refuses of requests that use a secret: always by the secret's name, never by its value. */
final class SecretDenials {
    private static final String RULE = "RESTRICTED secrets (gateway)";

    private SecretDenials() {}

    static Denial elsewhere(String name, String hosts) {
        return own(
                name + " goes only to " + hosts,
                "send it there alone; a person names another host for it under secrets in .belay/policy.yaml and starts the"
                        + " task again");
    }

    static Denial onlyThroughTls(String name) {
        return own(name + " is sent only through TLS", "ask the same host by https://");
    }

    static Denial inPath(String name) {
        return own(
                name + " stands in the address, and servers write addresses into their logs",
                "send it in a header, as in Authorization: Bearer");
    }

    static Denial unset(String name) {
        return own("nobody has set " + name + ", or it was taken back", "a person sets it: belay secret set " + name);
    }

    static Denial unfit(String name, int most) {
        return own(
                "the value of " + name + " has a line break or another control character, or more than " + most
                        + " bytes, which no header carries",
                "a person sets it anew, in one line: belay secret set " + name);
    }

    private static Denial own(String reason, String instead) {
        return new Denial(RULE, "default", reason, instead);
    }
}
