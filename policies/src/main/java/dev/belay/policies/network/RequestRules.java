package dev.belay.policies.network;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Subject;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a task may ask of the hosts that it may speak to. Where no rule speaks of a host's requests, all of them go the way of
 * the connection. Where one does, a denial wins, then a question; what is allowed neither by its host nor by itself is denied.
 */
public final class RequestRules {
    private static final int SHOWN = 4;

    private record Rule(Clause clause, RequestPattern pattern) {}

    /** A request in a spelling that can be judged. */
    private record Asked(String method, RequestPath.Plain path, String words) {}

    private final HostRules hosts;
    private final Map<Effect, HostTable<Rule>> tables = new EnumMap<>(Effect.class);

    /** @param hosts made of all that {@code requestClauses} and the clauses about hosts say */
    public RequestRules(HostRules hosts, List<Clause> requestClauses) throws PatternException {
        this.hosts = hosts;
        for (Effect effect : Effect.values()) {
            tables.put(effect, new HostTable<>());
        }
        for (Clause clause : requestClauses) {
            if (clause.subject() != Subject.REQUEST) {
                throw new IllegalArgumentException("no rule about requests: " + clause);
            }
            RequestPattern pattern = clause.effect() == Effect.ALLOW
                    ? RequestPattern.parse(clause.pattern())
                    : RequestPattern.parseAny(clause.pattern());
            table(clause.effect()).add(pattern.host(), new Rule(clause, pattern));
        }
    }

    /** Whether there is any rule about requests. */
    public boolean judgesAny() {
        return tables.values().stream().anyMatch(table -> !table.isEmpty());
    }

    /** Whether requests to this host, as it was called, have to be looked at. */
    public boolean inspects(String saidHost, int port) {
        return HostName.of(saidHost).filter(host -> isSpokenOf(host, port)).isPresent();
    }

    private boolean isSpokenOf(HostName host, int port) {
        return tables.values().stream().anyMatch(table -> table.find(host, port).isPresent());
    }

    /**
     * May the sandbox ask this of the host?
     *
     * @param method as it was sent
     * @param target the path and the query, as they were sent
     */
    public Verdict judge(String saidHost, int port, String method, String target) {
        Verdict connection = hosts.judge(saidHost, port);
        HostName host = HostName.of(saidHost).orElse(null);
        return connection.allowed() && host != null && isSpokenOf(host, port)
                ? judge(host, port, method, target, connection)
                : connection;
    }

    /** The same, of a host whose requests have to be readable even where no rule speaks of them. */
    public Verdict judgeReadable(String saidHost, int port, String method, String target) {
        Verdict connection = hosts.judge(saidHost, port);
        HostName host = HostName.of(saidHost).orElse(null);
        return connection.allowed() && host != null ? judge(host, port, method, target, connection) : connection;
    }

    private Verdict judge(HostName host, int port, String method, String target, Verdict connection) {
        return judge(
                host,
                port,
                method,
                target,
                hosts.allowsWholly(host, port) ? Optional.of(connection) : Optional.empty());
    }

    /**
     * The paths that servers, strict or lenient, could read in a target: in small letters, without a slash at the end. None
     * where they do not agree about it.
     */
    public static List<String> readings(String target) {
        return ScopedName.in(target)
                .map(scoped -> Stream.of(scoped.slash(), scoped.letter())
                        .flatMap(one -> readingsOfOne(one).stream())
                        .distinct()
                        .toList())
                .orElseGet(() -> readingsOfOne(target));
    }

    private static List<String> readingsOfOne(String target) {
        return RequestPath.of(target) instanceof RequestPath.Plain plain
                ? plain.loose().stream()
                        .distinct()
                        .map(segments -> "/" + String.join("/", segments))
                        .toList()
                : List.of();
    }

    /** Whether a rule lets this request through that names its path to the last letter, and not by a star. */
    public boolean namesExactly(String saidHost, int port, String method, String target) {
        HostName host = HostName.of(saidHost).orElse(null);
        return host != null
                && RequestPath.of(target) instanceof RequestPath.Plain path
                && table(Effect.ALLOW)
                        .all(host, port)
                        .anyMatch(rule -> rule.pattern().path().isExact()
                                && rule.pattern().permits(method, path));
    }

    /** What these rules say to it where nothing else keeps a request from any host. */
    public Verdict judgeAlone(HostName host, int port, String method, String target) {
        return judge(host, port, method, target, Optional.of(new Verdict.Allowed("ALLOWED requests (default)")));
    }

    /** @param whole what allows the host, whatever is asked of it */
    private Verdict judge(HostName host, int port, String method, String target, Optional<Verdict> whole) {
        Optional<ScopedName> scoped = ScopedName.in(target);
        if (scoped.isEmpty()) {
            return judgeOne(host, port, method, target, whole);
        }
        Verdict other = judgeOne(host, port, method, scoped.get().letter(), whole);
        return forbids(other)
                ? other
                : judgeOne(host, port, method, scoped.get().slash(), whole);
    }

    /** A rule, and not what holds where none allows it. */
    private static boolean forbids(Verdict verdict) {
        return verdict.winning().isPresent() && !verdict.winning().get().place().equals(HostRules.DEFAULT);
    }

    private Verdict judgeOne(HostName host, int port, String method, String target, Optional<Verdict> whole) {
        String words = Said.quoted(method + " " + target) + " of " + host.with(port);
        if (!Methods.isSent(method)) {
            return byDefault(words + " has a method that is none", "name a method of HTTP: GET");
        }
        return switch (RequestPath.of(target)) {
            case RequestPath.Unclear(String why) -> unclear(words, why);
            case RequestPath.Plain path -> judge(host, port, new Asked(method, path, words), whole);
        };
    }

    private Verdict judge(HostName host, int port, Asked asked, Optional<Verdict> whole) {
        Optional<Clause> denial = restricting(Effect.DENY, host, port, asked);
        if (denial.isPresent()) {
            return HostRules.denied(denial.get().origin(), asked.words());
        }
        Optional<Clause> question = restricting(Effect.ASK, host, port, asked);
        if (question.isPresent()) {
            return asks(question.get().origin(), asked);
        }
        return whole.orElseGet(() -> listed(host, port, asked));
    }

    private Verdict listed(HostName host, int port, Asked asked) {
        return table(Effect.ALLOW)
                .all(host, port)
                .filter(rule -> rule.pattern().permits(asked.method(), asked.path()))
                .findFirst()
                .map(rule -> HostRules.allowed(rule.clause()))
                .orElseGet(() -> unnamed(host, port, asked));
    }

    private Optional<Clause> restricting(Effect effect, HostName host, int port, Asked asked) {
        return table(effect)
                .all(host, port)
                .filter(rule -> rule.pattern().forbids(asked.method(), asked.path()))
                .map(Rule::clause)
                .findFirst();
    }

    private static Verdict asks(Origin origin, Asked asked) {
        return new Verdict.Asks(
                HostRules.LAYER,
                Effect.ASK.heading() + " " + origin.text(),
                origin.spot().lineOnly(),
                HostRules.reason(
                        origin,
                        asked.words() + " needs a person's word, and a request cannot wait for one in this version"),
                HostRules.DO_WITHOUT + "a person can allow it instead of asking, at "
                        + origin.spot().lineOnly() + ", and start the task again");
    }

    private Verdict unnamed(HostName host, int port, Asked asked) {
        List<String> allowed = table(Effect.ALLOW)
                .all(host, port)
                .map(rule -> rule.pattern().inWords())
                .distinct()
                .toList();
        return byDefault(
                asked.words() + " is not among the requests that are allowed there: "
                        + allowed.stream().limit(SHOWN).collect(Collectors.joining("; "))
                        + (allowed.size() > SHOWN ? "; and " + (allowed.size() - SHOWN) + " more" : ""),
                HostRules.DO_WITHOUT + "a person can add its method and path to " + host.bracketed()
                        + " under network.allow in .belay/policy.yaml and start the task again");
    }

    private static Verdict unclear(String words, String why) {
        return byDefault(
                words + " " + why + ": servers read such a path differently",
                "do not try again like this; ask for it in its plain spelling");
    }

    private static Verdict byDefault(String reason, String instead) {
        return new Verdict.Denied(
                HostRules.LAYER, Effect.DENY.heading() + " requests (default)", HostRules.DEFAULT, reason, instead);
    }

    private HostTable<Rule> table(Effect effect) {
        HostTable<Rule> table = tables.get(effect);
        if (table == null) {
            throw new IllegalStateException("no table of " + effect);
        }
        return table;
    }
}
