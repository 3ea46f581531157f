package dev.belay.policies.network;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which hosts a task may speak to. A denial wins over a question, a question over what allows; without rules, none. */
public final class HostRules {
    static final String LAYER = "gateway";
    static final String DEFAULT = "default";
    private static final String POLICY = ".belay/policy.yaml";
    static final String DO_WITHOUT = "do not try again, work with what is in the project; ";

    private final Map<Effect, HostTable<Clause>> tables = new EnumMap<>(Effect.class);
    /** Hosts of which some requests are allowed: whoever judges these has to be reached first. */
    private final HostTable<Clause> partly = new HostTable<>();

    /** @param clauses about hosts and about requests */
    public HostRules(List<Clause> clauses) throws PatternException {
        for (Effect effect : Effect.values()) {
            tables.put(effect, new HostTable<>());
        }
        for (Clause clause : clauses) {
            boolean grants = clause.effect() == Effect.ALLOW;
            switch (clause.subject()) {
                case HOST ->
                    table(clause.effect())
                            .add(
                                    grants
                                            ? HostPattern.parse(clause.pattern())
                                            : HostPattern.parseAny(clause.pattern()),
                                    clause);
                case REQUEST -> {
                    if (grants) {
                        partly.add(RequestPattern.parse(clause.pattern()).host(), clause);
                    }
                }
                default -> throw new IllegalArgumentException("no rule about a host: " + clause);
            }
        }
    }

    /** Whether any host at all can be reached. */
    public boolean grantsAnything() {
        return !table(Effect.ALLOW).isEmpty() || !partly.isEmpty();
    }

    /** Whether a rule allows the host whatever is asked of it; others may still take it away. */
    boolean allowsWholly(HostName host, int port) {
        return table(Effect.ALLOW).find(host, port).isPresent();
    }

    /** May the sandbox speak to this host, as it called it, on this port? */
    public Verdict judge(String saidHost, int port) {
        HostName host = HostName.of(saidHost).orElse(null);
        if (host == null || port < 1 || port > 65_535) {
            return unreadable(saidHost, port);
        }
        for (Effect effect : Effect.values()) {
            Optional<Clause> rule = table(effect).find(host, port);
            if (rule.isPresent()) {
                Origin origin = rule.get().origin();
                return switch (effect) {
                    case DENY -> denied(origin, host.with(port));
                    case ASK -> asks(origin, host.with(port));
                    case ALLOW -> allowed(rule.get());
                };
            }
        }
        return partly.find(host, port).map(HostRules::allowed).orElseGet(() -> unnamed(host, port));
    }

    static Verdict allowed(Clause clause) {
        return new Verdict.Allowed(
                Effect.ALLOW.heading() + " " + clause.origin().text());
    }

    static Verdict denied(Origin origin, String target) {
        return new Verdict.Denied(
                LAYER,
                Effect.DENY.heading() + " " + origin.text(),
                origin.spot().lineOnly(),
                reason(origin, target + " is restricted by this rule"),
                DO_WITHOUT + "a person can change the rule at " + origin.spot().lineOnly()
                        + " and start the task again");
    }

    private static Verdict asks(Origin origin, String target) {
        return new Verdict.Asks(
                LAYER,
                Effect.ASK.heading() + " " + origin.text(),
                origin.spot().lineOnly(),
                reason(origin, target + " needs a person's word, and a connection cannot wait for one in this version"),
                DO_WITHOUT + "a person can allow it instead of asking, under network.allow in " + POLICY
                        + " and not at " + origin.spot().lineOnly() + ", and start the task again");
    }

    static String reason(Origin origin, String otherwise) {
        return origin.reason().isBlank() ? otherwise : origin.reason();
    }

    private Verdict unnamed(HostName host, int port) {
        boolean otherPort = table(Effect.ALLOW).knows(host) || partly.knows(host);
        String target = host.with(port);
        String local = host.address().flatMap(Addresses::refused).orElse("");
        String entry = port == 443 || port == 80 ? host.bracketed() : target;
        return byDefault(
                otherPort
                        ? host.text() + " is allowed, but not on port " + port
                        : target + " is not on the list of allowed hosts",
                local.isEmpty()
                        ? DO_WITHOUT + "a person can let this task reach it by `belay policy allow TASK --host " + entry
                                + "`, or every one by network.allow in " + POLICY
                        : DO_WITHOUT + "it is " + local + ", which only the operator of the runner can open");
    }

    private static Verdict unreadable(String said, int port) {
        return byDefault(
                Said.quoted(said) + " with port " + port + " is no host in a spelling that everybody reads alike",
                "do not try again like this; name the host in letters, digits, hyphens and dots, an IPv4 address as"
                        + " four decimal numbers");
    }

    private static Verdict byDefault(String reason, String instead) {
        return new Verdict.Denied(LAYER, Effect.DENY.heading() + " network (default)", DEFAULT, reason, instead);
    }

    private HostTable<Clause> table(Effect effect) {
        HostTable<Clause> table = tables.get(effect);
        if (table == null) {
            throw new IllegalStateException("no table of " + effect);
        }
        return table;
    }
}
