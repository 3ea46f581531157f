package dev.belay.policies.sandboxruntime;

import static java.util.Map.entry;

import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Reasons;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.Addresses;
import dev.belay.policies.network.HostName;
import dev.belay.policies.network.HostPattern;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Hosts: only those of the list can be reached, less those that are denied. A host without a port is one on any port. */
final class NetworkReader {
    private static final String SOCKETS = "no socket of the machine is in the sandbox";
    private static final String ROUTE = "the way out of the sandbox is the runner's, and no project turns it";

    private static final Map<String, String> OTHERS = Map.ofEntries(
            entry("strictAllowlist", "it is so without it: nobody is asked about a host that is not named"),
            entry("allowUnixSockets", SOCKETS),
            entry("allowAllUnixSockets", SOCKETS),
            entry("allowMachLookup", SOCKETS),
            entry("allowLocalBinding", "ports of the sandbox are its own, and may be listened on without a rule"),
            entry("httpProxyPort", ROUTE),
            entry("socksProxyPort", ROUTE),
            entry("mitmProxy", ROUTE),
            entry("parentProxy", ROUTE),
            entry("tlsTerminate", "what is inside a connection is not looked at, and rights are for whole hosts"),
            entry("filterRequest", "what is inside a connection is not looked at, and rights are for whole hosts"));

    private final Findings findings;

    NetworkReader(Findings findings) {
        this.findings = findings;
    }

    void section(Members members) {
        Section network = new Section(
                findings, members, List.of("allowedDomains", "deniedDomains", "deniedDomainReasons"), OTHERS);
        List<Text> denied = network.strings("deniedDomains");
        Map<String, String> reasons = reasons(network, denied);
        network.strings("allowedDomains").forEach(this::allow);
        for (Text domain : denied) {
            deny(domain, reasons.getOrDefault(domain.value(), ""));
        }
    }

    private Map<String, String> reasons(Section network, List<Text> denied) {
        Set<String> known = new HashSet<>();
        denied.forEach(domain -> known.add(domain.value()));
        Map<String, String> reasons = new HashMap<>();
        for (Member member :
                network.object("deniedDomainReasons").map(Members::members).orElse(List.of())) {
            if (!(member.value() instanceof Text reason)) {
                findings.problem(
                        member.value(),
                        "a reason must be a string, not " + member.value().kind(),
                        "quote it");
            } else if (known.contains(member.key().value())) {
                reasons.put(member.key().value(), Reasons.shown(reason.value()));
            } else {
                network.not(member.key(), "it is a reason for what no deniedDomains denies");
            }
        }
        return reasons;
    }

    private void allow(Text domain) {
        String said = domain.value();
        int colon = said.lastIndexOf(':');
        boolean hasPort = colon > said.lastIndexOf(']');
        Origin origin = findings.origin(domain);
        try {
            String pattern = hasPort ? said : said + ":*";
            HostPattern.parse(pattern);
            if (hasPort && said.substring(colon + 1).chars().anyMatch(c -> c < '0' || c > '9')) {
                throw new PatternException(colon + 1, "its port is no number", "write one port");
            }
            findings.line(new Line.Rules(origin, List.of(new Clause(Effect.ALLOW, Subject.HOST, pattern, origin))));
            local(hasPort ? said.substring(0, colon) : said)
                    .ifPresent(why -> findings.line(new Line.NotEnforced(
                            origin, "stricter here: " + why + ", which only the operator of the runner can open")));
        } catch (PatternException wrong) {
            findings.line(
                    new Line.NotEnforced(origin, "it allows no host: " + wrong.getMessage() + "; " + wrong.fix()));
        }
    }

    private static Optional<String> local(String host) {
        return host.equalsIgnoreCase("localhost")
                ? Optional.of("it is the runner's own machine")
                : HostName.of(host)
                        .flatMap(HostName::address)
                        .flatMap(Addresses::refused)
                        .map(kind -> "it is " + kind);
    }

    private void deny(Text domain, String reason) {
        Origin said = findings.origin(domain);
        Origin origin = new Origin(said.text(), said.spot(), reason);
        try {
            HostPattern.parseAny(domain.value());
            findings.line(
                    new Line.Rules(origin, List.of(new Clause(Effect.DENY, Subject.HOST, domain.value(), origin))));
        } catch (PatternException wrong) {
            findings.problem(domain, wrong.at(), String.valueOf(wrong.getMessage()), wrong.fix());
        }
    }
}
