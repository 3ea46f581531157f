package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.linux.Processes;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.EngineReport.Grade;
import dev.belay.runner.sandbox.shared.Findings;
import dev.belay.runner.sandbox.shared.Said;
import dev.belay.runner.sandbox.shared.Trials;
import dev.belay.runner.sandbox.shared.UidMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** What this engine is worth here. */
final class NamespaceProbe {
    private static final String AS_ROOT = "start the runner as root (sudo belay up)";

    private final Room room;
    private final Tools tools;
    private final Consumer<NamespaceSandbox> onTrial;

    private NamespaceProbe(Room room, Tools tools, Consumer<NamespaceSandbox> onTrial) {
        this.room = room;
        this.tools = tools;
        this.onTrial = onTrial;
    }

    static EngineReport of(Room room, Tools tools) {
        return of(room, tools, _ -> {});
    }

    /** @param onTrial sees the sandbox of every trial, before it is looked at */
    static EngineReport of(Room room, Tools tools, Consumer<NamespaceSandbox> onTrial) {
        NamespaceProbe probe = new NamespaceProbe(room, tools, onTrial);
        return new Trials<NamespaceSandbox>(
                        room,
                        spec -> {
                            NamespaceSandbox sandbox =
                                    new NamespaceEngine(room, tools, "probe.pl", Trials.program()).launch(spec);
                            probe.onTrial.accept(sandbox);
                            return sandbox;
                        },
                        probe::look)
                .report("namespace");
    }

    private void look(NamespaceSandbox sandbox, Said said, Findings findings)
            throws IOException, InterruptedException, ExecutionException {
        outside(sandbox, findings);
        said.identity(findings);
        said.surroundings(findings, 1);
        findings.add("tools", said.word("writable").isEmpty(), "read-only: " + tools.origin(), "");
        said.network(findings);
        caps(said, sandbox, findings);
        said.files(findings);
        findings.add(DiskTrial.of(room, sandbox.id()));
        freezing(sandbox, findings);
    }

    /** The uid as the machine sees it: what a process says of itself inside is worth nothing. */
    private void outside(NamespaceSandbox sandbox, Findings findings) {
        UidMap map = UidMap.own();
        String seen = Processes.status(sandbox.hand(), "Uid").orElse("").split("\\s+")[0];
        long kernelUid = seen.isEmpty() ? -1 : map.kernelUid(Long.parseLong(seen));
        findings.add(
                "kernel-uid",
                kernelUid > 0,
                "the kernel knows it as uid " + kernelUid,
                "start the runner by libexec/belay-runner");
        if (kernelUid == map.kernelUid(0)) {
            findings.add(
                    "own-uid",
                    Grade.WEAKER,
                    "every sandbox has the runner's uid " + kernelUid + "; namespaces alone keep them apart",
                    AS_ROOT);
        } else if (room.views().isEmpty()) {
            findings.add(
                    "own-uid",
                    Grade.WEAKER,
                    "every sandbox has the same uid " + kernelUid
                            + ", which is not the runner's: idmapped mounts are refused here",
                    "keep the state on ext4, xfs or btrfs");
        } else {
            findings.add(
                    "own-uid",
                    Grade.HOLDS,
                    "uid per slot from " + map.kernelUid(room.uid(0)) + ", by idmapped mounts",
                    "");
        }
    }

    private static void caps(Said said, NamespaceSandbox sandbox, Findings findings) throws IOException {
        SandboxCgroups cgroups = sandbox.cgroups();
        long bytes = Trials.LIMITS.memoryMib() * (1L << 20);
        boolean v1 = cgroups.directory("memory").isPresent();
        if (v1 || cgroups.directory("unified").isPresent()) {
            Path file = v1 ? file(cgroups, "memory", "memory.limit_in_bytes") : file(cgroups, "unified", "memory.max");
            findings.add("memory-cap", holds(file, Long.toString(bytes), sandbox), "cgroup " + file.getFileName(), "");
        } else {
            findings.add(
                    "memory-cap",
                    Grade.WEAKER,
                    "per process (data size) and not for the sandbox as a whole: no memory cgroup",
                    AS_ROOT);
        }
        String limit = Integer.toString(Trials.LIMITS.processes());
        boolean rlimit = said.word("processes").equals(limit);
        boolean pids =
                cgroups.directory("pids").isPresent() && holds(file(cgroups, "pids", "pids.max"), limit, sandbox);
        findings.add(
                "process-cap",
                rlimit || pids,
                (pids ? "cgroup pids.max and " : "") + "RLIMIT_NPROC in its own user namespace",
                "");
        if (cgroups.directory("cpu").isPresent() || cgroups.directory("unified").isPresent()) {
            boolean v1Cpu = cgroups.directory("cpu").isPresent();
            Path file = v1Cpu ? file(cgroups, "cpu", "cpu.cfs_quota_us") : file(cgroups, "unified", "cpu.max");
            findings.add(
                    "cpu-cap",
                    holds(file, v1Cpu ? "100000" : "100000 100000", sandbox),
                    "cgroup " + file.getFileName(),
                    "");
        } else {
            findings.add("cpu-cap", Grade.WEAKER, "not capped: no cpu cgroup", AS_ROOT);
        }
    }

    private static Path file(SandboxCgroups cgroups, String controller, String name) {
        return cgroups.directory(controller).orElseThrow().resolve(name);
    }

    private static boolean holds(Path file, String value, NamespaceSandbox sandbox) throws IOException {
        return Files.exists(file)
                && Files.readString(file).strip().equals(value)
                && Files.readAllLines(file.resolveSibling("cgroup.procs")).contains(Long.toString(sandbox.hand()));
    }

    private static void freezing(NamespaceSandbox sandbox, Findings findings)
            throws IOException, InterruptedException, ExecutionException {
        String mechanism = sandbox.freezer().mechanism();
        boolean cgroup = !(sandbox.freezer() instanceof StopWalk);
        findings.add(
                "freeze",
                !Trials.freezes(sandbox) ? Grade.FAILS : cgroup ? Grade.HOLDS : Grade.WEAKER,
                cgroup ? mechanism : mechanism + ": one that forks without end may outrun it",
                cgroup ? "" : AS_ROOT);
    }
}
