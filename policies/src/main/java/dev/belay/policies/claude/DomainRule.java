package dev.belay.policies.claude;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.RuleString;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.HostPattern;
import java.util.List;

/** {@code WebFetch(domain:example.com)}: there is no such tool here, but what it could reach is a host. */
record DomainRule(Effect effect, Origin origin) {
    private static final String DOMAIN = "domain:";

    Line line(RuleString rule) throws PatternException {
        if (!rule.text().startsWith(DOMAIN)) {
            throw new PatternException(
                    rule.textAt(), Quoted.of(origin.text()) + " names no domain", "write WebFetch(domain:example.com)");
        }
        String domain = rule.text().substring(DOMAIN.length());
        try {
            if (effect == Effect.ALLOW) {
                HostPattern.parse(domain);
            } else {
                HostPattern.parseAny(domain);
            }
        } catch (PatternException wrong) {
            if (effect == Effect.ALLOW && domain.indexOf('*') >= 0) {
                return new Line.NotEnforced(origin, "it allows no host: " + wrong.getMessage() + "; " + wrong.fix());
            }
            throw wrong.further(rule.textAt() + DOMAIN.length());
        }
        return new Line.Rules(origin, List.of(new Clause(effect, Subject.HOST, domain, origin)));
    }
}
