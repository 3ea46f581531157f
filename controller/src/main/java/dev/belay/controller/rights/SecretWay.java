package dev.belay.controller.rights;

import dev.belay.policies.Compiled;
import dev.belay.policies.git.Remote;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Spot;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.secrets.SecretPattern;
import java.util.List;
import java.util.Optional;

/**
 * One way that a policy wants a secret to go, whoever puts it in: a command's request, or the gateway that signs in to a
 * repository.
 *
 * @param spot where it says so
 */
record SecretWay(Spot spot, String name, HostPattern host) {
    /** Of a policy that was understood. */
    static List<SecretWay> of(Compiled compiled) {
        return compiled.clauses().stream()
                .flatMap(clause -> of(clause).stream())
                .distinct()
                .toList();
    }

    private static Optional<SecretWay> of(Clause clause) {
        Spot spot = clause.origin().spot();
        try {
            return switch (clause.subject()) {
                case SECRET -> {
                    SecretPattern pattern = SecretPattern.parse(clause.pattern());
                    yield Optional.of(new SecretWay(spot, pattern.name(), pattern.host()));
                }
                case REMOTE -> {
                    Remote remote = Remote.parse(clause.pattern());
                    HostPattern host = host(remote);
                    yield remote.secret().map(name -> new SecretWay(spot, name, host));
                }
                case COMMAND, READ, EDIT, HOST, REQUEST, TOOL -> Optional.empty();
            };
        } catch (PatternException checkedBefore) {
            throw new IllegalStateException("a rule that was understood cannot be read", checkedBefore);
        }
    }

    private static HostPattern host(Remote remote) throws PatternException {
        String host = remote.host().indexOf(':') < 0 ? remote.host() : "[" + remote.host() + "]";
        return HostPattern.parse(host + ":" + remote.port());
    }
}
