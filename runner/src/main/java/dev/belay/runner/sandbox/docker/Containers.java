package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.Mount;
import dev.belay.runner.linux.Processes;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.WorkspaceFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Begins and ends the containers of one engine. */
final class Containers {
    private static final int START_SECONDS = 20;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Daemon daemon;
    private final Owner owner;
    private final HostPaths paths;
    private final Confinement confinement;
    private final Rinse rinse;
    private final boolean processesAreSeen;

    /** @param processesAreSeen false where the runtime has a kernel of its own, which hides them from this one */
    Containers(Daemon daemon, Owner owner, HostPaths paths, Confinement confinement, boolean processesAreSeen) {
        this.daemon = daemon;
        this.owner = owner;
        this.paths = paths;
        this.confinement = confinement;
        this.rinse = new Rinse(daemon, owner, confinement);
        this.processesAreSeen = processesAreSeen;
    }

    /** A container whose hand has answered. */
    record Running(String container, Optional<String> volume, ProcessHandle hand, Channel channel) {}

    Running begin(SandboxSpec spec, IoDirectory io) throws IOException, InterruptedException {
        Channel channel = Channel.in(io.path(), io.owner());
        String name = "belay-" + spec.id() + "-" + owner.life().pid() + "-" + NUMBER.incrementAndGet();
        Optional<String> volume = Optional.empty();
        try {
            volume = volume(spec, io, name);
            String container = create(spec, io, name, volume);
            daemon.ask("a start", docker -> docker.startContainerCmd(container).exec());
            ProcessHandle hand = hand(container, io.owner());
            channel.awaitAnswer(hand, START_SECONDS);
            return new Running(container, volume, hand, channel);
        } catch (IOException | RuntimeException | InterruptedException failed) {
            String complaints = abandon(name, volume, channel, failed);
            if (failed instanceof InterruptedException) {
                throw failed;
            }
            throw new SandboxException(failed.getMessage() + (complaints.isEmpty() ? "" : ": " + complaints), failed);
        }
    }

    private String create(SandboxSpec spec, IoDirectory io, String name, Optional<String> volume)
            throws SandboxException {
        Map<String, String> variables = confinement.variables(spec);
        List<String> environment = new ArrayList<>();
        variables.forEach((variable, value) -> environment.add(variable + "=" + value));
        environment.add("BELAY_VARIABLES=" + String.join(",", variables.keySet()));
        var host = confinement.of(spec, io, workspace(spec, volume));
        return daemon.ask("a container", docker -> {
                    try (CreateContainerCmd command = docker.createContainerCmd(confinement.image())) {
                        return command.withName(name)
                                .withLabels(owner.labels(spec))
                                .withHostName("belay")
                                .withUser(io.kernelUid() + ":" + io.kernelGid())
                                .withWorkingDir("/workspace")
                                .withEntrypoint(Bundle.command())
                                .withCmd(List.of())
                                .withEnv(environment)
                                .withNetworkDisabled(true)
                                // Docker runs an image's own check inside, by the way that nothing else takes.
                                .withHealthcheck(new HealthCheck().withTest(List.of("NONE")))
                                .withHostConfig(host)
                                .exec();
                    }
                })
                .getId();
    }

    private Mount workspace(SandboxSpec spec, Optional<String> volume) throws SandboxException {
        if (volume.isPresent()) {
            return Confinement.volume(volume.get(), "/workspace");
        }
        if (!(spec.workspace() instanceof WorkspaceFiles.Merged(Path directory))) {
            throw new IllegalStateException("layers without a volume");
        }
        return Confinement.bind(paths.of(directory), "/workspace", false);
    }

    /** The daemon mounts it when the container starts, and takes the mount away when the container has ended. */
    private Optional<String> volume(SandboxSpec spec, IoDirectory io, String name) throws SandboxException {
        if (!(spec.workspace() instanceof WorkspaceFiles.Layers(Path lower, Path upper))) {
            return Optional.empty();
        }
        String options = "userxattr,nosuid,nodev,lowerdir=" + plain(lower) + ",upperdir=" + plain(upper) + ",workdir="
                + plain(io.work());
        daemon.ask(
                "a volume",
                docker -> docker.createVolumeCmd()
                        .withName(name)
                        .withDriver("local")
                        .withLabels(owner.labels(spec))
                        .withDriverOpts(Map.of("type", "overlay", "device", "overlay", "o", options))
                        .exec());
        return Optional.of(name);
    }

    private String plain(Path path) throws SandboxException {
        String host = paths.of(path).toString();
        if (host.matches(".*[,:\\\\].*")) {
            throw new SandboxException(
                    "engine docker: the path " + host
                            + " has a comma, a colon or a backslash, which a volume's options cannot have: choose another --state");
        }
        return host;
    }

    /** The first process as the machine sees it: what the daemon says is held against the kernel's word. */
    private ProcessHandle hand(String container, int owner) throws IOException {
        var state = daemon.ask(
                        "a look at a container",
                        docker -> docker.inspectContainerCmd(container).exec())
                .getState();
        Long pid = state == null ? null : state.getPidLong();
        Optional<ProcessHandle> hand = pid == null || pid <= 0 ? Optional.empty() : ProcessHandle.of(pid);
        if (hand.isEmpty()) {
            throw new SandboxException("the first process ended at once");
        }
        if (processesAreSeen) {
            for (String uid :
                    Processes.status(hand.get().pid(), "Uid").orElse("").split("\\s+")) {
                if (!uid.isEmpty() && !uid.equals(Integer.toString(owner))) {
                    throw new SandboxException("the first process has uid " + uid + " and not " + owner
                            + ": a daemon with userns-remap cannot serve Belay");
                }
            }
        }
        return hand.get();
    }

    /** Returns when no process of it is left; what it leaves on the machine is {@link #clear}'s. */
    void endProcesses(Running running) throws SandboxException {
        remove(running.container());
    }

    /** Of one that has ended for good: the sandbox's directory can be removed after it. */
    void clear(Running running, IoDirectory io) throws IOException {
        if (running.volume().isPresent()) {
            rinse.of(running.volume().get(), io.kernelUid());
            removeVolume(running.volume().get());
        }
    }

    private void remove(String container) throws SandboxException {
        daemon.find(
                "the end of a container",
                docker -> docker.removeContainerCmd(container)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec());
    }

    private void removeVolume(String volume) throws SandboxException {
        daemon.find(
                "the end of a volume", docker -> docker.removeVolumeCmd(volume).exec());
    }

    private String abandon(String name, Optional<String> volume, Channel channel, Exception failed) {
        String complaints = "";
        try {
            remove(name);
            complaints = channel.complaints();
            if (volume.isPresent()) {
                removeVolume(volume.get());
            }
            channel.close();
        } catch (IOException again) {
            failed.addSuppressed(again);
        }
        return complaints;
    }

    boolean pause(String container) {
        try {
            daemon.ask("a pause", docker -> docker.pauseContainerCmd(container).exec());
            return true;
        } catch (SandboxException refused) {
            return false;
        }
    }

    void unpause(String container) {
        try {
            daemon.ask(
                    "a container to go on",
                    docker -> docker.unpauseContainerCmd(container).exec());
        } catch (SandboxException gone) {
            // It has ended, or was never paused; when it hangs, whoever waits for its hand sees that.
            return;
        }
    }
}
