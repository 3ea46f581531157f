package dev.belay.policies.codex;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.HostName;
import dev.belay.policies.network.HostPattern;
import java.util.List;

/**
 * {@code network_rule(host = "example.com", protocol = "https", decision = "allow")}. A rule here speaks of ports and not of
 * what is spoken there: allowed is the protocol's usual one, denied is every one.
 */
final class NetworkRule {
    private static final List<String> PROTOCOLS =
            List.of("http", "https", "https_connect", "http-connect", "socks5_tcp", "socks5_udp");

    private final CodexRules.Found found;
    private final Arguments arguments;

    NetworkRule(CodexRules.Found found, Arguments arguments) {
        this.found = found;
        this.arguments = arguments;
    }

    void read() throws RulesSyntaxException {
        String host = host(arguments.text("host"));
        Value.Text protocol = arguments.text("protocol");
        if (!PROTOCOLS.contains(protocol.value())) {
            throw new RulesSyntaxException(
                    protocol.at(),
                    "there is no protocol " + Quoted.of(protocol.value()),
                    "protocols: " + String.join(", ", PROTOCOLS));
        }
        Effect effect = arguments.decision(List.of("forbidden", "deny"));
        Origin origin = arguments.origin(found.places(), protocol.value() + " " + host);
        if (protocol.value().equals("socks5_udp")) {
            found.lines()
                    .add(
                            effect == Effect.ALLOW
                                    ? new Line.NotEnforced(origin, "no datagram leaves the sandbox")
                                    : new Line.Inherent(origin, "gateway: no datagram leaves the sandbox"));
            return;
        }
        String pattern = effect == Effect.ALLOW ? host + port(protocol.value()) : host;
        check(pattern, effect);
        found.lines().add(new Line.Rules(origin, List.of(new Clause(effect, Subject.HOST, pattern, origin))));
        if (effect != Effect.ALLOW) {
            found.lines().add(new Line.NotEnforced(origin, "stricter here: it holds for every port and protocol"));
        } else if (!protocol.value().equals("socks5_tcp")) {
            found.lines()
                    .add(new Line.NotEnforced(
                            origin, "stricter here: it opens " + pattern + ", and no other port for this protocol"));
        }
    }

    private static String port(String protocol) {
        return switch (protocol) {
            case "http" -> ":80";
            case "socks5_tcp" -> ":*";
            default -> ":443";
        };
    }

    /** A port behind it means nothing there. */
    private static String host(Value.Text said) throws RulesSyntaxException {
        String text = said.value().strip();
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']')
                && (text.indexOf(':') == colon || text.startsWith("["))
                && colon + 1 < text.length()
                && text.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9');
        String host = hasPort ? text.substring(0, colon) : text;
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        HostName name = HostName.of(host)
                .orElseThrow(() -> new RulesSyntaxException(
                        said.at(),
                        Quoted.of(said.value()) + " does not name one host",
                        "write one host, api.example.com, without stars"));
        return name.text().indexOf(':') < 0 ? name.text() : "[" + name.text() + "]";
    }

    private void check(String pattern, Effect effect) throws RulesSyntaxException {
        try {
            if (effect == Effect.ALLOW) {
                HostPattern.parse(pattern);
            } else {
                HostPattern.parseAny(pattern);
            }
        } catch (PatternException wrong) {
            throw new RulesSyntaxException(
                    arguments.text("host").at(), String.valueOf(wrong.getMessage()), wrong.fix());
        }
    }
}
