package dev.belay.policies.secrets;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.network.RequestRules;
import java.util.List;

/**
 * What may be asked of a host that a secret goes to, beside what every rule says of it: nothing that would bring a key back
 * into the sandbox, be it the secret in an echo or a fresh one.
 */
public final class SecretRequests {
    private final List<SecretUse> secrets;
    private final RequestRules requests;

    public SecretRequests(List<SecretUse> secrets, RequestRules requests) {
        this.secrets = List.copyOf(secrets);
        this.requests = requests;
    }

    /** Whether any secret goes there. */
    public boolean concern(String saidHost, int port) {
        return secrets.stream().anyMatch(secret -> secret.goesTo(saidHost, port));
    }

    /**
     * @param method as it was sent
     * @param target the path and the query, as they were sent
     */
    public Verdict judge(String saidHost, int port, String method, String target) {
        if (secrets.isEmpty() || !concern(saidHost, port)) {
            return requests.judge(saidHost, port, method, target);
        }
        Verdict verdict = requests.judgeReadable(saidHost, port, method, target);
        if (!verdict.allowed()) {
            return verdict;
        }
        if (method.equalsIgnoreCase("TRACE")) {
            return new Verdict.Denied(
                    "gateway",
                    "RESTRICTED TRACE where secrets go (default)",
                    "default",
                    "TRACE sends back what it was sent, and so the secret that the gateway puts in",
                    "ask with another method");
        }
        boolean issues = RequestRules.readings(target).stream().anyMatch(TokenEndpoints::isOne);
        return issues && !requests.namesExactly(saidHost, port, method, target)
                ? issuing(saidHost, method, target)
                : verdict;
    }

    private static Verdict issuing(String saidHost, String method, String target) {
        int query = target.indexOf('?');
        String asked = method + " " + (query < 0 ? target : target.substring(0, query));
        return new Verdict.Denied(
                "gateway",
                "RESTRICTED token endpoints (default)",
                "default",
                Quoted.of(asked) + " of " + saidHost + " would hand a fresh key to the sandbox",
                "do not try again, work with what is in the project; a person can name exactly this path and its method"
                        + " under network.allow in .belay/policy.yaml and start the task again");
    }
}
