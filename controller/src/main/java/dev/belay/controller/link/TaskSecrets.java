package dev.belay.controller.link;

import dev.belay.controller.rights.TaskPolicies;
import dev.belay.controller.secrets.SecretStore;
import dev.belay.policies.Compiled;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.SecretValue;
import dev.belay.proto.v1.SecretValues;
import jakarta.inject.Singleton;

/** The values that a task's policy names, for the runner that works on it. */
@Singleton
final class TaskSecrets {
    private final PackAccess access;
    private final TaskPolicies policies;
    private final SecretStore store;

    TaskSecrets(PackAccess access, TaskPolicies policies, SecretStore store) {
        this.access = access;
        this.policies = policies;
        this.store = store;
    }

    /**
     * @param alone whether nobody else can read the answer
     * @throws BelayException E_FORBIDDEN, E_STALE_EPOCH, E_NO_KEY
     */
    SecretValues of(String runner, boolean alone, String task, int epoch) {
        if (!alone) {
            throw BelayException.of(
                    ErrorCode.E_FORBIDDEN,
                    "the link to this runner is not encrypted",
                    "the controller gives secrets over a connection that others can read to nobody",
                    "let the runner reach the controller through a tunnel, e.g. ssh -L");
        }
        String tenant = access.mayUseSecrets(runner, task, epoch);
        return named(tenant, TaskPolicies.compile(policies.of(tenant, task)));
    }

    /** What is not set any more is left out. */
    SecretValues named(String tenant, Compiled policy) {
        SecretValues.Builder values = SecretValues.newBuilder();
        store.open(tenant, TaskPolicies.secrets(policy))
                .forEach(secret -> values.addSecrets(SecretValue.newBuilder()
                        .setName(secret.name())
                        .setValue(secret.value())
                        .addAllHosts(secret.hosts())));
        return values.build();
    }
}
