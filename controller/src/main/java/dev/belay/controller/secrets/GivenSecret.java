package dev.belay.controller.secrets;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.HostPattern;
import dev.belay.proto.bounds.SecretText;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.SetSecret;
import java.util.List;

/**
 * What a person sets, when it can be set.
 *
 * @param hosts sorted, each in its one spelling
 */
record GivenSecret(String name, String value, List<String> hosts) {
    private static final int MOST_HOSTS = 20;

    GivenSecret {
        hosts = List.copyOf(hosts);
    }

    /** @throws BelayException E_BAD_REQUEST that repeats neither the value, nor a name that may be one */
    static GivenSecret checked(String name, SetSecret given) {
        if (!SecretText.isName(name)) {
            throw bad(
                    "a secret cannot be called so",
                    "belay secret set NPM_TOKEN …: capital letters, digits and _, 64 at most, a letter first");
        }
        SecretText.fault(given.getValue()).ifPresent(fault -> {
            throw bad(
                    "the value of " + name + " cannot be used: " + fault,
                    "belay secret set " + name + " …: one line of " + SecretText.SHORTEST + " to " + SecretText.LONGEST
                            + " visible characters");
        });
        int count = given.getHostsCount();
        if (count < 1 || count > MOST_HOSTS) {
            throw bad(
                    count == 0 ? "no host is named that " + name + " may go to" : count + " hosts are named",
                    "belay secret set " + name + " --host HOST[:PORT] …: 1 to " + MOST_HOSTS + " of them");
        }
        return new GivenSecret(
                name,
                given.getValue(),
                given.getHostsList().stream()
                        .map(GivenSecret::spelled)
                        .distinct()
                        .sorted()
                        .toList());
    }

    private static String spelled(String host) {
        try {
            return HostPattern.parse(host).toString();
        } catch (PatternException wrong) {
            throw bad(String.valueOf(wrong.getMessage()), wrong.fix()).causedBy(wrong);
        }
    }

    private static BelayException bad(String what, String next) {
        return BelayException.of(ErrorCode.E_BAD_REQUEST, what, "the controller set nothing", next);
    }

    @Override
    public String toString() {
        return "GivenSecret[" + name + "]";
    }
}
