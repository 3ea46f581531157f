package dev.belay.runner.sandbox.shared;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.EngineReport.Grade;
import dev.belay.runner.sandbox.Limits;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.sandbox.SandboxSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts a real sandbox with a program inside that tries what must not work, and looks at it from outside as well.
 *
 * <p>Only a sandbox that lived to the end of its trial says that an invariant fails: one that was killed meanwhile says
 * nothing of the isolation, and is followed by another.
 *
 * @param <S> the engine's own kind of sandbox
 */
public final class Trials<S extends Sandbox> {
    public static final Limits LIMITS = new Limits(256, 64, 100, 1 << 20, Duration.ofSeconds(10), 64);

    private static final int TRIALS = 3;

    private final Room room;
    private final Start<S> start;
    private final Look<S> look;
    private boolean lived;

    /**
     * @param start starts it with {@link #program} as its first
     * @param look adds every cell
     */
    public Trials(Room room, Start<S> start, Look<S> look) {
        this.room = room;
        this.start = start;
        this.look = look;
    }

    /** The first process of a sandbox that is tried. */
    @FunctionalInterface
    public interface Start<S> {
        S start(SandboxSpec spec) throws IOException;
    }

    @FunctionalInterface
    public interface Look<S> {
        void at(S sandbox, Said said, Findings findings) throws IOException, InterruptedException, ExecutionException;
    }

    public static byte[] program() {
        return EngineFolder.resource(Trials.class, "probe.pl").getBytes(StandardCharsets.UTF_8);
    }

    public EngineReport report(String engine) {
        Findings findings = new Findings();
        for (int trial = 1; trial <= TRIALS; trial++) {
            findings = new Findings();
            lived = false;
            trial(findings);
            if (!findings.anyFails() || lived || Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        return new EngineReport(engine, findings.all());
    }

    private void trial(Findings findings) {
        String id = "probe-" + UUID.randomUUID().toString().substring(0, 8);
        Path place = room.state().resolve(id);
        try {
            Files.createDirectory(place);
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
            try {
                probe(id, place, findings);
            } finally {
                removeFlat(place);
            }
        } catch (IOException | ExecutionException | TimeoutException failed) {
            findings.add("start", Grade.FAILS, "no sandbox could be tried: " + failed.getMessage(), "belay doctor");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            findings.add("start", Grade.FAILS, "the probe was interrupted", "");
        }
    }

    private void probe(String id, Path place, Findings findings)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Path workspace = Files.createDirectory(place.resolve("workspace"));
        Files.setAttribute(workspace, "unix:uid", room.uid(0));
        Files.setAttribute(workspace, "unix:gid", room.uid(0));
        Path canary = Files.writeString(place.resolve("canary"), "canary");
        Path socketPath = place.resolve("socket");
        try (ServerSocket loopback = new ServerSocket(0, 8, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(socketPath));
            Map<String, String> environment = Map.of(
                    "BELAY_PROBE_CANARY", canary.toString(),
                    "BELAY_PROBE_SOCKET", socketPath.toString(),
                    "BELAY_PROBE_PORT", Integer.toString(loopback.getLocalPort()));
            try (S sandbox = start.start(new SandboxSpec(id, 0, workspace, LIMITS, environment))) {
                sandbox.toHand().write('g');
                sandbox.toHand().flush();
                look.at(sandbox, Said.by(sandbox.fromHand()), findings);
                lived = sandbox.alive();
            }
        }
    }

    /** Frozen, it must not answer a byte; thawed, it must. */
    public static boolean freezes(Sandbox sandbox) throws IOException, InterruptedException, ExecutionException {
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
        return frozen && silent && !silentFor(answer, 1000);
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

    private static void removeFlat(Path directory) throws IOException {
        for (String name : List.of("workspace", "canary", "socket")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.delete(directory);
    }
}
