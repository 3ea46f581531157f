package dev.belay.runner.sandbox.docker;

import dev.belay.runner.linux.Processes;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.EngineReport.Grade;
import dev.belay.runner.sandbox.shared.Findings;
import dev.belay.runner.sandbox.shared.Said;
import dev.belay.runner.sandbox.shared.Trials;
import dev.belay.runner.sandbox.shared.UidMap;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** What this engine is worth here. */
final class DockerProbe {
    private static final String OTHER_ENGINE = "take the engine namespace";
    /** The probe itself and the relay. */
    private static final int OWN_PROCESSES = 2;
    /** A busy machine may need longer than the bound for one: then a step is not frozen, and that is said. */
    private static final int FREEZES = 3;

    private final Room room;
    private final DockerEngine.Settings settings;

    private DockerProbe(Room room, DockerEngine.Settings settings) {
        this.room = room;
        this.settings = settings;
    }

    static EngineReport of(Room room, DockerEngine.Settings settings) {
        return new Trials<DockerSandbox>(
                        room,
                        spec -> new DockerEngine(room, settings, Trials.program()).launch(spec),
                        new DockerProbe(room, settings)::look)
                .report("docker");
    }

    private void look(DockerSandbox sandbox, Said said, Findings findings)
            throws IOException, InterruptedException, ExecutionException {
        outside(sandbox, findings);
        said.identity(findings);
        said.surroundings(findings, OWN_PROCESSES);
        said.network(findings);
        caps(sandbox, findings);
        said.files(findings);
        findings.add("disk-cap", Grade.WEAKER, "a task's files are bounded one by one and not in sum", "");
        boolean freezes = false;
        for (int attempt = 1; attempt <= FREEZES && !freezes; attempt++) {
            freezes = Trials.freezes(sandbox);
        }
        findings.add("freeze", freezes, "Docker's pause of the container's cgroup", "");
    }

    private void outside(DockerSandbox sandbox, Findings findings) {
        UidMap map = UidMap.own();
        String seen = Processes.status(sandbox.hand().pid(), "Uid").orElse("").split("\\s+")[0];
        long kernelUid = seen.isEmpty() ? -1 : map.kernelUid(Long.parseLong(seen));
        findings.add(
                "kernel-uid",
                kernelUid > 0,
                "the kernel knows it as uid " + kernelUid + "; the runtime is "
                        + settings.runtime().orElse("the daemon's own"),
                "start the runner by libexec/belay-runner");
        boolean several = room.views().isPresent() && kernelUid != map.kernelUid(0);
        findings.add(
                "own-uid",
                several ? Grade.HOLDS : Grade.WEAKER,
                several
                        ? "uid per slot from " + kernelUid
                        : "every sandbox has the same uid " + kernelUid + "; containers alone keep them apart",
                several ? "" : OTHER_ENGINE);
        findings.add(
                "runner-privilege",
                Grade.WEAKER,
                "the runner may speak to " + settings.socket().getPath()
                        + ", and whoever may is root on this machine; no sandbox can",
                OTHER_ENGINE);
    }

    /** By the kernel's own word where the runner can read it: a daemon leaves out a cap that its kernel has not. */
    private static void caps(DockerSandbox sandbox, Findings findings) throws IOException {
        ContainerCgroups cgroups = ContainerCgroups.of(sandbox.hand().pid());
        String bytes = Long.toString(Trials.LIMITS.memoryMib() * (1L << 20));
        String processes = Integer.toString(Trials.LIMITS.processes() + Confinement.OWN_PROCESSES);
        cap(findings, "memory-cap", cgroups.read("memory", "memory.limit_in_bytes", "memory.max"), bytes);
        cap(findings, "process-cap", cgroups.read("pids", "pids.max", "pids.max"), processes);
        cap(findings, "cpu-cap", cgroups.read("cpu", "cpu.cfs_quota_us", "cpu.max"), "100000");
    }

    private static void cap(Findings findings, String name, Optional<String> found, String expected) {
        if (found.isEmpty()) {
            findings.add(name, Grade.WEAKER, "asked of Docker; its cgroup cannot be read from here", "");
        } else {
            boolean holds = found.get().equals(expected) || found.get().startsWith(expected + " ");
            findings.add(
                    name, holds, "the container's cgroup", "give Docker the cgroup controllers memory, cpu and pids");
        }
    }
}
