package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.model.Info;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.WorkspaceFiles;
import dev.belay.runner.sandbox.shared.EngineFolder;
import dev.belay.runner.sandbox.shared.SyntheticEtc;
import dev.belay.runner.sandbox.shared.UidMap;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sandboxes of Docker containers, with the hand as pid 1. Docker makes, stops and removes them; nothing else goes by it. */
public final class DockerEngine implements SandboxEngine {
    private static final String USUAL_RUNTIME = "runc";
    private static final int LEAST_MEMORY_MIB = 16;
    private static final int FEWEST_PROCESSES = 4;

    /**
     * @param socket of Docker's daemon, {@code unix:///run/docker.sock}
     * @param image a name of an image that is here, with or without {@code @sha256:…}
     * @param runtime one that the daemon knows; its usual one when empty
     */
    public record Settings(URI socket, String image, Optional<String> runtime) {}

    private final Room room;
    private final Settings settings;
    private final Owner owner;
    private final Path engine;
    private final Containers containers;

    /** @param handProgram the perl file that runs as the first process; it is copied, and shown to every sandbox */
    public DockerEngine(Room room, Settings settings, Path handProgram) throws IOException {
        this(room, settings, Files.readAllBytes(handProgram));
    }

    DockerEngine(Room room, Settings settings, byte[] hand) throws IOException {
        this.room = room;
        this.settings = settings;
        HostPaths paths = HostPaths.of(room);
        this.owner = Owner.of(paths.hostState());
        Daemon daemon = Daemon.at(settings.socket());
        Info info = daemon.info();
        checkRuntime(info, settings.runtime());
        LocalImage image = LocalImage.find(daemon, settings.image());
        EngineFolder folder = EngineFolder.in(room.state());
        this.engine = folder.path();
        Confinement confinement = new Confinement(
                image, settings.runtime(), paths, Bundle.prepare(folder, hand), SyntheticEtc.below(engine));
        boolean ordinary = USUAL_RUNTIME.equals(settings.runtime().orElse(USUAL_RUNTIME));
        this.containers = new Containers(daemon, owner, paths, confinement, ordinary);
        new LeftOvers(daemon, owner, new Rinse(daemon, owner, confinement)).remove(engine);
    }

    private static void checkRuntime(Info info, Optional<String> runtime) throws SandboxException {
        Set<String> known =
                info.getRuntimes() == null ? Set.of() : info.getRuntimes().keySet();
        if (runtime.isPresent() && !known.contains(runtime.get())) {
            throw new SandboxException("engine docker: the daemon knows no runtime " + runtime.get() + ", only "
                    + String.join(", ", known.stream().sorted().toList())
                    + ": install it and name it in /etc/docker/daemon.json");
        }
        if (Boolean.FALSE.equals(info.getMemoryLimit()) || Boolean.FALSE.equals(info.getCpuCfsQuota())) {
            throw new SandboxException("engine docker: the daemon cannot cap memory or cpu here:"
                    + " give it the cgroup controllers memory, cpu and pids");
        }
    }

    @Override
    public String name() {
        return "docker";
    }

    @Override
    public boolean mountsLayers() {
        return true;
    }

    @Override
    public EngineReport probe() {
        return DockerProbe.of(room, settings);
    }

    @Override
    public Sandbox start(SandboxSpec spec) throws SandboxException {
        return launch(spec);
    }

    DockerSandbox launch(SandboxSpec spec) throws SandboxException {
        int uid = room.uid(spec.slot());
        refuse(spec, uid);
        IoDirectory io = null;
        Door door = null;
        try {
            io = IoDirectory.make(engine, owner, uid);
            door = Door.open(io.door(), uid, spec.id());
            return new DockerSandbox(spec, containers, io, door, containers.begin(spec, io));
        } catch (IOException | RuntimeException failed) {
            abandon(io, door, failed);
            throw new SandboxException("sandbox " + spec.id() + " did not start: " + failed.getMessage(), failed);
        } catch (InterruptedException stopped) {
            abandon(io, door, stopped);
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox " + spec.id() + ": its start was interrupted", stopped);
        }
    }

    private void refuse(SandboxSpec spec, int uid) throws SandboxException {
        String sandbox = "sandbox " + spec.id() + ": ";
        if (spec.slot() < 0 || spec.slot() >= room.slots()) {
            throw new SandboxException(sandbox + "there is no slot " + spec.slot());
        }
        if (UidMap.own().kernelUid(uid) <= 0) {
            throw new SandboxException(sandbox + "its kernel uid would be 0; start the runner by libexec/belay-runner");
        }
        for (Path directory : directories(spec.workspace())) {
            if (!Files.isDirectory(directory)) {
                throw new SandboxException(sandbox + "no directory " + directory);
            }
        }
        if (spec.environment().keySet().stream().anyMatch(name -> !name.matches("[A-Za-z_][A-Za-z0-9_]*"))) {
            throw new SandboxException(sandbox + "a variable's name is not a name");
        }
        if (spec.limits().memoryMib() < LEAST_MEMORY_MIB || spec.limits().processes() < FEWEST_PROCESSES) {
            throw new SandboxException(sandbox + "a container needs at least " + LEAST_MEMORY_MIB + " MiB and "
                    + FEWEST_PROCESSES + " processes: raise the task's limits");
        }
    }

    private List<Path> directories(WorkspaceFiles files) throws SandboxException {
        return switch (files) {
            case WorkspaceFiles.Merged(Path directory) -> {
                if (isMount(directory)) {
                    throw new SandboxException("engine docker: " + directory
                            + " is a mount of the runner's own, which Docker does not see: give its layers");
                }
                yield List.of(directory);
            }
            case WorkspaceFiles.Layers(Path lower, Path upper) -> List.of(lower, upper);
        };
    }

    private boolean isMount(Path directory) throws SandboxException {
        try {
            return Files.isDirectory(directory)
                    && !Objects.equals(
                            Files.getAttribute(directory, "unix:dev"), Files.getAttribute(room.state(), "unix:dev"));
        } catch (IOException unreadable) {
            throw new SandboxException("engine docker: " + directory + " cannot be looked at", unreadable);
        }
    }

    private static void abandon(@Nullable IoDirectory io, @Nullable Door door, Exception why) {
        try {
            if (door != null) {
                door.close();
            }
            if (io != null) {
                io.delete();
            }
        } catch (IOException failed) {
            why.addSuppressed(failed);
        }
    }
}
