package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.HealthCheck;
import dev.belay.runner.sandbox.SandboxException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Has a volume of layers mounted once more, by a container that does nothing. The kernel empties the working directory of an
 * overlay when it is mounted, and leaves things in it, of the daemon's own uid, when it is unmounted after files were removed:
 * without this the runner could not remove the directory.
 */
final class Rinse {
    private static final int SECONDS = 10;

    private final Daemon daemon;
    private final Owner owner;
    private final Confinement confinement;

    Rinse(Daemon daemon, Owner owner, Confinement confinement) {
        this.daemon = daemon;
        this.owner = owner;
        this.confinement = confinement;
    }

    void of(String volume, long kernelUid) throws SandboxException {
        var host = confinement.ofNothing(volume);
        String container = daemon.ask("a container", docker -> {
                    try (CreateContainerCmd command = docker.createContainerCmd(confinement.image())) {
                        return command.withLabels(Map.of(
                                        Owner.RUNNER,
                                        owner.runner(),
                                        Owner.LIFE,
                                        owner.life().toString()))
                                .withUser(kernelUid + ":" + kernelUid)
                                .withEntrypoint(Bundle.nothing())
                                .withCmd(List.of())
                                .withHealthcheck(new HealthCheck().withTest(List.of("NONE")))
                                .withHostConfig(host)
                                .exec();
                    }
                })
                .getId();
        try {
            daemon.ask("a start", docker -> docker.startContainerCmd(container).exec());
            daemon.ask(
                    "an end",
                    docker -> docker.waitContainerCmd(container)
                            .exec(new WaitContainerResultCallback())
                            .awaitStatusCode(SECONDS, TimeUnit.SECONDS));
        } finally {
            daemon.find(
                    "the end of a container",
                    docker -> docker.removeContainerCmd(container)
                            .withForce(true)
                            .withRemoveVolumes(true)
                            .exec());
        }
    }
}
