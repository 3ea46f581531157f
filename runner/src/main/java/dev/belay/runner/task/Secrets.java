package dev.belay.runner.task;

import dev.belay.policies.network.HostPattern;
import dev.belay.proto.error.BelayException;
import dev.belay.runner.secrets.SecretValue;
import java.io.IOException;
import java.util.List;

/** The controller's store of secrets, as far as this runner's tasks name them. */
public interface Secrets {
    /**
     * Those that are set now. Waits for a controller that is away.
     *
     * @param epoch 0 for a task that has ended
     * @throws BelayException naming why this runner gets none
     */
    List<Held> first(String task, int epoch) throws IOException, InterruptedException;

    /**
     * The same, asked once: a few seconds at most.
     *
     * @throws BelayException naming why this runner gets none any more
     * @throws IOException when there was no answer, which takes nothing back
     */
    List<Held> again(String task, int epoch) throws IOException;

    /** @param hosts where it may go, whatever a policy says */
    record Held(String name, SecretValue value, List<HostPattern> hosts) {
        public Held {
            hosts = List.copyOf(hosts);
        }
    }
}
