package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.VolumeOptions;
import dev.belay.runner.sandbox.Inside;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.shared.SandboxVariables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What every container of an engine sees, and what it may be. */
final class Confinement {
    /** The relay is there beside the task's own processes. */
    static final int OWN_PROCESSES = 1;

    private static final long PERIOD_MICROS = 100_000;

    /** Of /etc, the rest is the image's. */
    private static final List<String> SYNTHETIC =
            List.of("hosts", "hostname", "nsswitch.conf", "resolv.conf", "belay-node-proxy.cjs");

    private final LocalImage image;
    private final Optional<String> runtime;
    private final HostPaths paths;
    private final Bundle bundle;
    private final Path etc;
    private final String seccomp = SeccompProfile.json();

    Confinement(LocalImage image, Optional<String> runtime, HostPaths paths, Bundle bundle, Path etc) {
        this.image = image;
        this.runtime = runtime;
        this.paths = paths;
        this.bundle = bundle;
        this.etc = etc;
    }

    String image() {
        return image.id();
    }

    Map<String, String> variables(SandboxSpec spec) {
        return SandboxVariables.of(spec);
    }

    HostConfig of(SandboxSpec spec, IoDirectory io, Mount workspace) throws SandboxException {
        Limits limits = spec.limits();
        long memory = limits.memoryMib() * (1L << 20);
        HostConfig host = new GuardedProc()
                .withNetworkMode("none")
                .withIpcMode("private")
                .withCgroupnsMode("private")
                .withPrivileged(false)
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges", "seccomp=" + seccomp))
                .withMemory(memory)
                .withMemorySwap(memory)
                .withPidsLimit((long) limits.processes() + OWN_PROCESSES)
                .withCpuPeriod(PERIOD_MICROS)
                .withCpuQuota(limits.cpuPercent() * PERIOD_MICROS / 100)
                .withUlimits(List.of(limit("fsize", limits.fileSizeBytes()), limit("core", 0)))
                .withShmSize(memory / 4)
                .withTmpFs(places(memory, io))
                .withMounts(mounts(io, workspace))
                .withRestartPolicy(RestartPolicy.noRestart())
                .withAutoRemove(false)
                .withInit(false)
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE));
        runtime.ifPresent(host::withRuntime);
        return host;
    }

    /** For a container that does nothing. */
    HostConfig ofNothing(String volume) throws SandboxException {
        return new GuardedProc()
                .withNetworkMode("none")
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges", "seccomp=" + seccomp))
                .withMemory(32L << 20)
                .withPidsLimit(8L)
                .withMounts(List.of(
                        volume(volume, "/workspace").withReadOnly(true),
                        bind(paths.of(bundle.directory()), Bundle.INSIDE, true)))
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE));
    }

    /** Where the image would have a volume there is one of these, and nothing of it outlives the container. */
    private Map<String, String> places(long memory, IoDirectory io) {
        String half = ",size=" + memory / 2;
        String quarter = ",size=" + memory / 4;
        String owner = ",uid=" + io.kernelUid() + ",gid=" + io.kernelGid();
        Map<String, String> all = new TreeMap<>();
        image.volumes().forEach(path -> all.put(path, "rw,nosuid,nodev,exec,mode=0755" + owner + quarter));
        all.put("/tmp", "rw,nosuid,nodev,exec,mode=1777" + half);
        all.put("/var/tmp", "rw,nosuid,nodev,exec,mode=1777" + quarter);
        all.put(Inside.HOME, "rw,nosuid,nodev,exec,mode=0700" + owner + half);
        return all;
    }

    private List<Mount> mounts(IoDirectory io, Mount workspace) throws SandboxException {
        List<Mount> all = new ArrayList<>();
        all.add(workspace);
        all.add(bind(paths.of(bundle.directory()), Bundle.INSIDE, true));
        all.add(bind(paths.of(io.path()), IoDirectory.INSIDE, true));
        for (String name : List.of("passwd", "group")) {
            all.add(bind(paths.of(io.top().resolve(name)), "/etc/" + name, true));
        }
        for (String name : SYNTHETIC) {
            all.add(bind(paths.of(etc.resolve(name)), "/etc/" + name, true));
        }
        return all;
    }

    static Mount bind(Path source, String target, boolean readOnly) {
        return new Mount()
                .withType(MountType.BIND)
                .withSource(source.toString())
                .withTarget(target)
                .withReadOnly(readOnly);
    }

    static Mount volume(String name, String target) {
        return new Mount()
                .withType(MountType.VOLUME)
                .withSource(name)
                .withTarget(target)
                .withVolumeOptions(new VolumeOptions().withNoCopy(true));
    }

    private static Ulimit limit(String name, long value) {
        return new Ulimit(name, value, value);
    }
}
