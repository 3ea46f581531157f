package dev.belay.runner.gateway;

import java.io.IOException;
import java.util.Optional;

/** Finds out by its first byte what a connection speaks, and hands it to who speaks that. */
final class Greeting {
    private Greeting() {}

    static void answer(Means means, Connection connection, Wire client) throws IOException {
        client.within(means.limits().greeting());
        int first = client.peek();
        switch (first) {
            // Nothing was said.
            case -1 -> {}
            case 4, 5 -> new Socks(means, connection, client).serve();
            case ClientHello.HANDSHAKE -> {
                means.warden().judge(withoutProxy(client));
                client.write(Answers.TLS_DENIED);
            }
            default -> {
                if (first < 128 && Character.isLetter(first)) {
                    new ForwardProxy(means, connection, client).serve();
                } else {
                    Target target = Target.unreadable(Protocol.UNKNOWN);
                    Optional<Egress.Denial> denial = means.warden().judge(target);
                    client.write(Answers.refusal(target, denial.orElseGet(OwnDenials::noProxyGreeting)));
                }
            }
        }
    }

    private static Target withoutProxy(Wire client) {
        try {
            return Target.named(ClientHello.read(client).name(), 0, Protocol.TLS, "");
        } catch (IOException malformed) {
            return Target.unreadable(Protocol.TLS);
        }
    }
}
