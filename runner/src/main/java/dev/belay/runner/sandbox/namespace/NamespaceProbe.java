package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.linux.Processes;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.EngineReport.Finding;
import dev.belay.runner.sandbox.EngineReport.Grade;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.SandboxSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Starts a real sandbox with a program inside that tries what must not work, and looks at it from outside as well.
 *
 * <p>Only a sandbox that lived to the end of its trial says that an invariant fails: one that was killed meanwhile says
 * nothing of the isolation, and is followed by another.
 */
final class NamespaceProbe {
    private static final Limits LIMITS = new Limits(256, 64, 100, 1 << 20, Duration.ofSeconds(10));
    private static final int PROBE_SECONDS = 5;
    private static final int TRIALS = 3;
    private static final String AS_ROOT = "start the runner as root (sudo belay up)";

    private final Room room;
    private final Consumer<NamespaceSandbox> onTrial;
    private final List<Finding> findings = new ArrayList<>();
    private boolean lived;

    private NamespaceProbe(Room room, Consumer<NamespaceSandbox> onTrial) {
        this.room = room;
        this.onTrial = onTrial;
    }

    static EngineReport of(Room room) {
        return of(room, _ -> {});
    }

    /** @param onTrial sees the sandbox of every trial, before it is looked at */
    static EngineReport of(Room room, Consumer<NamespaceSandbox> onTrial) {
        List<Finding> findings = List.of();
        for (int trial = 1; trial <= TRIALS; trial++) {
            NamespaceProbe probe = new NamespaceProbe(room, onTrial);
            probe.trial();
            findings = probe.findings;
            boolean fails = findings.stream().anyMatch(finding -> finding.grade() == Grade.FAILS);
            if (!fails || probe.lived || Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        return new EngineReport("namespace", findings);
    }

    private void trial() {
        String id = "probe-" + UUID.randomUUID().toString().substring(0, 8);
        Path place = room.state().resolve(id);
        try {
            Files.createDirectory(place);
            Files.setPosixFilePermissions(place, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
            try {
                probe(id, place);
            } finally {
                removeFlat(place);
            }
        } catch (IOException | ExecutionException | TimeoutException failed) {
            add("start", Grade.FAILS, "no sandbox could be tried: " + failed.getMessage(), "belay doctor");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            add("start", Grade.FAILS, "the probe was interrupted", "");
        }
    }

    private void probe(String id, Path place)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Path workspace = Files.createDirectory(place.resolve("workspace"));
        Files.setAttribute(workspace, "unix:uid", room.uid(0));
        Files.setAttribute(workspace, "unix:gid", room.uid(0));
        Path canary = Files.writeString(place.resolve("canary"), "canary");
        Path socketPath = place.resolve("socket");
        NamespaceEngine engine = new NamespaceEngine(
                room, "probe.pl", EngineFiles.resource("probe.pl").getBytes(StandardCharsets.UTF_8));
        try (ServerSocket loopback = new ServerSocket(0, 8, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(socketPath));
            Map<String, String> environment = Map.of(
                    "BELAY_PROBE_CANARY", canary.toString(),
                    "BELAY_PROBE_SOCKET", socketPath.toString(),
                    "BELAY_PROBE_PORT", Integer.toString(loopback.getLocalPort()));
            try (NamespaceSandbox sandbox = engine.launch(new SandboxSpec(id, 0, workspace, LIMITS, environment))) {
                onTrial.accept(sandbox);
                sandbox.toHand().write('g');
                sandbox.toHand().flush();
                Map<String, String> said = said(sandbox.fromHand());
                outside(sandbox);
                identity(said);
                surroundings(said);
                network(said);
                caps(said, sandbox);
                freezing(sandbox);
                lived = sandbox.alive();
            }
        }
    }

    private static Map<String, String> said(InputStream from)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Map<String, String>> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            Map<String, String> all = new HashMap<>();
            try {
                var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8), 1);
                for (String line = reader.readLine();
                        line != null && !line.startsWith("end");
                        line = reader.readLine()) {
                    int space = line.indexOf(' ');
                    all.put(space < 0 ? line : line.substring(0, space), space < 0 ? "" : line.substring(space + 1));
                }
                result.complete(all);
            } catch (IOException broken) {
                result.completeExceptionally(broken);
            }
        });
        return result.get(PROBE_SECONDS, TimeUnit.SECONDS);
    }

    /** The uid as the machine sees it: what a process says of itself inside is worth nothing. */
    private void outside(NamespaceSandbox sandbox) {
        UidMap map = UidMap.own();
        String seen = Processes.status(sandbox.hand(), "Uid").orElse("").split("\\s+")[0];
        long kernelUid = seen.isEmpty() ? -1 : map.kernelUid(Long.parseLong(seen));
        add(
                "kernel-uid",
                kernelUid > 0,
                "the kernel knows it as uid " + kernelUid,
                "start the runner by libexec/belay-runner");
        if (kernelUid == map.kernelUid(0)) {
            add(
                    "own-uid",
                    Grade.WEAKER,
                    "every sandbox has the runner's uid " + kernelUid + "; namespaces alone keep them apart",
                    AS_ROOT);
        } else if (room.views().isEmpty()) {
            add(
                    "own-uid",
                    Grade.WEAKER,
                    "every sandbox has the same uid " + kernelUid
                            + ", which is not the runner's: idmapped mounts are refused here",
                    "keep the state on ext4, xfs or btrfs");
        } else {
            add("own-uid", Grade.HOLDS, "uid per slot from " + map.kernelUid(room.uid(0)) + ", by idmapped mounts", "");
        }
    }

    private void identity(Map<String, String> said) {
        boolean none = List.of("CapEff", "CapPrm", "CapBnd").stream()
                .allMatch(name -> said.getOrDefault(name, "?").matches("0+"));
        add("capabilities", none, "none, and none can be gained", "");
        add("no-new-privileges", said.getOrDefault("NoNewPrivs", "").equals("1"), "no_new_privs is set", "");
        boolean refused = refused(said, "mount", "io_uring", "bpf", "userfaultfd", "keyctl");
        add(
                "seccomp",
                said.getOrDefault("Seccomp", "").equals("2") && refused,
                "filter; mount, io_uring, bpf, userfaultfd and keyctl answer EPERM",
                "");
        add(
                "socket-families",
                refused(said, "vsock", "packet", "netfilter"),
                "INET, INET6, UNIX and NETLINK_ROUTE only",
                "");
        add("user-namespaces", refused(said, "userns"), "no further user namespace can be made", "");
    }

    private void surroundings(Map<String, String> said) {
        add(
                "kernel-settings",
                said.getOrDefault("writable", "?").isEmpty(),
                "/proc/sys and the file tree are read-only, /sys is absent",
                "");
        add("host-processes", said.getOrDefault("pids", "").equals("1"), "own pid namespace: sees only itself", "");
        add(
                "host-files",
                said.getOrDefault("canary", "").equals("absent"),
                "own mount namespace: a canary file is not there",
                "");
        add("host-sockets", said.getOrDefault("sockets", "?").isEmpty(), "no unix socket of the host is reachable", "");
        add("descriptors", said.getOrDefault("fds", "").equals("0,1,2"), "only 0, 1 and 2 are inherited", "");
        boolean clean = System.getenv().keySet().stream()
                .filter(name -> name.startsWith("BELAY_"))
                .noneMatch(name ->
                        List.of(said.getOrDefault("environment", "").split(",")).contains(name));
        add("environment", clean, "cleared and set anew", "");
    }

    private void network(Map<String, String> said) {
        boolean loopbackOnly = said.getOrDefault("routes", "").equals("0")
                && said.getOrDefault("devices", "").equals("lo");
        add("network", loopbackOnly, "own network namespace: lo only, no route", "");
        add("host-loopback", refused(said, "loopback"), "a listener on the host's loopback is not reached", "");
        add("metadata", refused(said, "metadata"), "169.254.169.254 is not reached", "");
    }

    private void caps(Map<String, String> said, NamespaceSandbox sandbox) throws IOException {
        SandboxCgroups cgroups = sandbox.cgroups();
        long bytes = LIMITS.memoryMib() * (1L << 20);
        boolean v1 = cgroups.directory("memory").isPresent();
        if (v1 || cgroups.directory("unified").isPresent()) {
            Path file = v1 ? file(cgroups, "memory", "memory.limit_in_bytes") : file(cgroups, "unified", "memory.max");
            add("memory-cap", holds(file, Long.toString(bytes), sandbox), "cgroup " + file.getFileName(), "");
        } else {
            add(
                    "memory-cap",
                    Grade.WEAKER,
                    "per process (data size) and not for the sandbox as a whole: no memory cgroup",
                    AS_ROOT);
        }
        String limit = Integer.toString(LIMITS.processes());
        boolean rlimit = said.getOrDefault("processes", "").equals(limit);
        boolean pids =
                cgroups.directory("pids").isPresent() && holds(file(cgroups, "pids", "pids.max"), limit, sandbox);
        add(
                "process-cap",
                rlimit || pids,
                (pids ? "cgroup pids.max and " : "") + "RLIMIT_NPROC in its own user namespace",
                "");
        if (cgroups.directory("cpu").isPresent() || cgroups.directory("unified").isPresent()) {
            boolean v1Cpu = cgroups.directory("cpu").isPresent();
            Path file = v1Cpu ? file(cgroups, "cpu", "cpu.cfs_quota_us") : file(cgroups, "unified", "cpu.max");
            add(
                    "cpu-cap",
                    holds(file, v1Cpu ? "100000" : "100000 100000", sandbox),
                    "cgroup " + file.getFileName(),
                    "");
        } else {
            add("cpu-cap", Grade.WEAKER, "not capped: no cpu cgroup", AS_ROOT);
        }
        add(
                "file-size-cap",
                said.getOrDefault("file-size", "").equals(Long.toString(LIMITS.fileSizeBytes())),
                "RLIMIT_FSIZE",
                "");
        add("core-dumps", said.getOrDefault("core-file-size", "").equals("0"), "RLIMIT_CORE is 0", "");
        add("disk-cap", Grade.WEAKER, "a task's files are bounded one by one and not in sum", "");
    }

    private static Path file(SandboxCgroups cgroups, String controller, String name) {
        return cgroups.directory(controller).orElseThrow().resolve(name);
    }

    private static boolean holds(Path file, String value, NamespaceSandbox sandbox) throws IOException {
        return Files.exists(file)
                && Files.readString(file).strip().equals(value)
                && Files.readAllLines(file.resolveSibling("cgroup.procs")).contains(Long.toString(sandbox.hand()));
    }

    /** Frozen, it must not answer a byte; thawed, it must. */
    private void freezing(NamespaceSandbox sandbox) throws IOException, InterruptedException, ExecutionException {
        String mechanism = sandbox.freezer().mechanism();
        boolean frozen = sandbox.freeze();
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        OutputStream out = sandbox.toHand();
        out.write('x');
        out.flush();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(sandbox.fromHand().read());
            } catch (IOException broken) {
                answer.completeExceptionally(broken);
            }
        });
        boolean silent = silentFor(answer, 20);
        sandbox.thaw();
        boolean holds = frozen && silent && !silentFor(answer, 1000);
        boolean cgroup = !(sandbox.freezer() instanceof StopWalk);
        add(
                "freeze",
                !holds ? Grade.FAILS : cgroup ? Grade.HOLDS : Grade.WEAKER,
                cgroup ? mechanism : mechanism + ": one that forks without end may outrun it",
                cgroup ? "" : AS_ROOT);
    }

    private static boolean silentFor(CompletableFuture<Integer> answer, int millis)
            throws InterruptedException, ExecutionException {
        try {
            answer.get(millis, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException silent) {
            return true;
        }
    }

    private static boolean refused(Map<String, String> said, String... names) {
        return List.of(names).stream()
                .allMatch(name -> said.getOrDefault(name, "").matches("[1-9][0-9]*|silent"));
    }

    private void add(String name, boolean holds, String mechanism, String fix) {
        add(name, holds ? Grade.HOLDS : Grade.FAILS, holds ? mechanism : "does not hold: " + mechanism, fix);
    }

    private void add(String name, Grade grade, String mechanism, String fix) {
        findings.add(new Finding(name, grade, mechanism, fix));
    }

    private static void removeFlat(Path directory) throws IOException {
        for (String name : List.of("workspace", "canary", "socket")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.delete(directory);
    }
}
