package dev.belay.controller.rights;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.Verdict;
import dev.belay.policies.git.PushedFile;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Problem;
import dev.belay.policies.network.HostPattern;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.AllowHosts;
import dev.belay.proto.v1.PolicyGrant;
import dev.belay.proto.v1.PushGrant;
import dev.belay.proto.v1.TaskPolicy;
import java.util.List;

/** What a person lets one task reach: understood before it is kept, and never what a rule denies. */
public final class Grants {
    private static final int MOST_AT_ONCE = 20;
    private static final int MOST = 100;

    private Grants() {}

    /** As it was asked for, each once. */
    public static AllowHosts checked(AllowHosts wish) {
        int named = wish.getHostsCount() + wish.getPushesCount();
        if (named == 0 || named > MOST_AT_ONCE) {
            throw BelayException.of(
                    ErrorCode.E_BAD_REQUEST,
                    named == 0 ? "no host is named" : named + " hosts and files are named",
                    "the controller takes 1 to " + MOST_AT_ONCE + " at once",
                    "belay policy allow TASK --host HOST[:PORT]");
        }
        wish.getHostsList().forEach(Grants::parse);
        wish.getPushesList().forEach(Grants::parsePush);
        return wish.toBuilder()
                .clearHosts()
                .addAllHosts(wish.getHostsList().stream().distinct().toList())
                .clearPushes()
                .addAllPushes(wish.getPushesList().stream().distinct().toList())
                .build();
    }

    private static void parsePush(String file) {
        try {
            PushedFile.parse(file);
        } catch (PatternException wrong) {
            throw refused(wrong);
        }
    }

    private static HostPattern parse(String host) {
        try {
            return HostPattern.parse(host);
        } catch (PatternException wrong) {
            throw refused(wrong);
        }
    }

    private static BelayException refused(PatternException wrong) {
        return BelayException.of(
                        ErrorCode.E_POLICY,
                        String.valueOf(wrong.getMessage()),
                        "nothing was allowed (layer: policy)",
                        wrong.fix())
                .causedBy(wrong);
    }

    /** @throws BelayException where a denial would win: a grant that changes nothing is not made */
    public static TaskPolicy added(TaskPolicy policy, AllowHosts wish, String actor, String task) {
        List<String> hosts = wish.getHostsList();
        TaskPolicy.Builder more = policy.toBuilder();
        for (String file : wish.getPushesList()) {
            if (policy.getPushesList().stream().noneMatch(push -> push.getFile().equals(file))) {
                more.addPushes(PushGrant.newBuilder().setFile(file).setActor(actor));
            }
        }
        for (String host : hosts) {
            if (policy.getGrantsList().stream()
                    .noneMatch(grant -> grant.getHost().equals(host))) {
                more.addGrants(PolicyGrant.newBuilder().setHost(host).setActor(actor));
            }
        }
        if (more.getGrantsCount() > MOST || more.getPushesCount() > MOST) {
            throw BelayException.of(
                    ErrorCode.E_OVERLOADED,
                    task + " was allowed " + policy.getGrantsCount() + " hosts and " + policy.getPushesCount()
                            + " pushes already",
                    "the controller keeps " + MOST + " of one task",
                    "name them in .belay/policy.yaml, and start another task");
        }
        TaskPolicy granted = more.build();
        Compiled compiled = TaskPolicies.compile(granted);
        if (!compiled.problems().isEmpty()) {
            Problem first = compiled.problems().getFirst();
            throw BelayException.of(
                    ErrorCode.E_DENIED, first.what(), "nothing was changed (layer: policy)", first.fix());
        }
        Policy rights = compiled.policy();
        hosts.forEach(host -> refuseDenied(rights, host));
        return granted;
    }

    /** A pattern of many names is let be: what is denied of them stays denied. */
    private static void refuseDenied(Policy rights, String host) {
        HostPattern pattern = parse(host);
        pattern.oneHost().ifPresent(one -> {
            Verdict verdict = rights.network(one, pattern.lastPort());
            if (!rights.network(one, pattern.firstPort()).allowed()
                    && verdict.winning().isPresent()) {
                Verdict.Denied denied = verdict.winning().get();
                throw BelayException.of(
                        ErrorCode.E_DENIED,
                        host + " stays denied: " + denied.rule(),
                        denied.place() + ": a denial wins over what allows (layer: policy)",
                        "nothing was changed",
                        "change the rule, and start another task");
            }
        });
    }
}
