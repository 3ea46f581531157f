package dev.belay.controller.rights;

import dev.belay.controller.secrets.KnownSecret;
import dev.belay.controller.secrets.SecretStore;
import dev.belay.policies.Compiled;
import dev.belay.policies.language.Problem;
import dev.belay.policies.network.HostPattern;
import dev.belay.proto.error.BelayException;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lets no task begin that wants a secret which is not there, may not go where it is wanted, or cannot be opened here. */
@Singleton
public final class SecretAdmission {
    private final SecretStore store;

    public SecretAdmission(SecretStore store) {
        this.store = store;
    }

    /** @throws BelayException E_POLICY at the rule's place, E_NO_KEY */
    public void check(String tenant, Compiled compiled) {
        List<SecretWay> ways = SecretWay.of(compiled);
        if (ways.isEmpty()) {
            return;
        }
        Map<String, KnownSecret> known = store.known(
                tenant, ways.stream().map(SecretWay::name).distinct().toList());
        List<Problem> problems = ways.stream()
                .flatMap(way -> problem(way, known.get(way.name())).stream())
                .toList();
        if (!problems.isEmpty()) {
            throw Problem.refusal(problems);
        }
        ways.stream()
                .flatMap(way -> Stream.ofNullable(known.get(way.name())))
                .flatMap(secret -> secret.fault().stream())
                .findFirst()
                .ifPresent(fault -> {
                    throw fault;
                });
    }

    private static Optional<Problem> problem(SecretWay way, @Nullable KnownSecret secret) {
        String set = "belay secret set " + way.name();
        if (secret == null) {
            return Optional.of(
                    new Problem(way.spot(), "no secret is called " + way.name(), set + " --host " + way.host()));
        }
        if (secret.mayGo(way.host())) {
            return Optional.empty();
        }
        String hosts = secret.hosts().stream().map(HostPattern::toString).collect(Collectors.joining(", "));
        String all = secret.hosts().stream().map(host -> " --host " + host).collect(Collectors.joining());
        return Optional.of(new Problem(
                way.spot(),
                way.name() + " may go to " + hosts + " and not to " + way.host(),
                "ask for one of these hosts, or " + set + all + " --host " + way.host()));
    }
}
