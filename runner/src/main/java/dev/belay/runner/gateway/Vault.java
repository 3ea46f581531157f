package dev.belay.runner.gateway;

import dev.belay.runner.secrets.SecretValue;
import java.util.List;
import java.util.Optional;

/**
 * What the gateway puts into requests in place of what the sandbox holds. Asked on its threads, anew for each request; a value
 * may have to be waited for, for a few seconds.
 */
public interface Vault {
    Vault EMPTY = new Vault() {
        @Override
        public List<Entry> entries(Target target) {
            return List.of();
        }

        @Override
        public Optional<SecretValue> value(String name, Target target) {
            return Optional.empty();
        }

        @Override
        public Optional<SignIn> signIn(Target target, String path) {
            return Optional.empty();
        }

        @Override
        public List<SecretValue> known() {
            return List.of();
        }
    };

    /** Every secret that the task may name, whether or not it goes to this target. */
    List<Entry> entries(Target target);

    /** Empty: nobody has set it, or it was taken back, or it does not go there. */
    Optional<SecretValue> value(String name, Target target);

    /**
     * How the gateway itself signs in for this request, where it is one to a repository that the task was given.
     *
     * @param path with its query, as it is sent: what {@link Egress#judgeRequest} is asked about
     */
    Optional<SignIn> signIn(Target target, String path);

    /** Every value that was handed out so far: what may come back. */
    List<SecretValue> known();

    /**
     * @param goesThere whether its value goes to the target that was asked about
     * @param hosts where it goes, in words
     */
    record Entry(String name, String placeholder, boolean goesThere, String hosts) {}

    /** @param secret its name */
    record SignIn(String user, String secret) {}
}
