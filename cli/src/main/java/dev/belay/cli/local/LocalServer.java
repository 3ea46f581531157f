package dev.belay.cli.local;

import dev.belay.cli.Cli;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.ServerAccess.LocalAddress;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The controller and the runner of this machine, each below a supervisor that starts it again when it dies. A start either
 * ends with both ready or leaves none of them behind; an end touches only what a start recorded, and that is the
 * supervisors and what is below them.
 */
public final class LocalServer {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofMillis(30);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration RECONNECT = Duration.ofSeconds(30);
    private static final String CONTROLLER = "controller";
    private static final String RUNNER = "runner";
    private static final int TAIL_LINES = 12;
    private static final int TAIL_BYTES = 16 << 10;

    private final Cli cli;
    private final Screen people;

    public LocalServer(Cli cli, Screen people) {
        this.cli = cli;
        this.people = people;
    }

    /** The server that runs, or one that is started now. */
    public Server orStart() throws InterruptedException {
        Optional<Server> running = ready();
        return running.isPresent() ? running.get() : start();
    }

    /** Whether both processes are up and know each other. */
    private Optional<Server> ready() {
        try {
            return ServerAccess.local(cli).filter(LocalServer::hasRunner);
        } catch (BelayException refused) {
            if (refused.code() == ErrorCode.E_UNREACHABLE
                    && LocalAddress.read(cli.state()).isEmpty()) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private static boolean hasRunner(Server server) {
        return server.status().get("runners").items().stream().anyMatch(runner -> runner.flag("connected"));
    }

    /** The runner of another machine that uses the same database is none of ours. */
    private static boolean hasRunner(Server server, String name) {
        return server.status().get("runners").items().stream()
                .anyMatch(
                        runner -> runner.flag("connected") && runner.text("id").equals(name));
    }

    private Server start() throws InterruptedException {
        Launch launch = Launch.of(cli);
        try (LocalLock _ = LocalLock.take(cli.state(), cli.pause())) {
            Optional<Server> byNow = ready();
            if (byNow.isPresent()) {
                return byNow.get();
            }
            Roster roster = Roster.of(cli.state());
            List<LocalProcess> processes = new ArrayList<>();
            for (LocalProcess old : roster.read()) {
                if (old.isAlive()) {
                    processes.add(old);
                }
            }
            boolean areComingBack = named(CONTROLLER, processes).isPresent()
                    && named(RUNNER, processes).isPresent()
                    && launch.isKept(CONTROLLER)
                    && launch.isKept(RUNNER);
            people.note(new Line()
                    .add((areComingBack
                                    ? "waiting for the local controller and runner"
                                    : "starting a local controller and runner")
                            + " in " + cli.state().root())
                    .dim(areComingBack ? ", which are being restarted" : "   belay down stops them"));
            boolean done = false;
            try {
                Server server = controller(launch, roster, processes);
                runner(launch, roster, processes, server);
                done = true;
                return server;
            } finally {
                if (!done) {
                    endAll(processes);
                    roster.remove();
                }
            }
        }
    }

    private Server controller(Launch launch, Roster roster, List<LocalProcess> processes) throws InterruptedException {
        Optional<Server> running = ServerAccess.local(cli);
        if (running.isEmpty()) {
            running = restarted(processes);
        }
        if (running.isEmpty()) {
            running = Optional.of(fresh(launch, roster, processes));
        }
        // Clients and the runner know these ports, so it comes back on them.
        LocalAddress address = address(launch);
        launch.keep(
                CONTROLLER,
                Map.of(
                        "BELAY_HTTP_PORT", Integer.toString(address.httpPort()),
                        "BELAY_GRPC_PORT", Integer.toString(address.grpcPort())));
        return running.get();
    }

    /** One whose supervisor is about to bring it back; the runner and its tasks are waiting for it. */
    private Optional<Server> restarted(List<LocalProcess> processes) throws InterruptedException {
        Optional<LocalProcess> supervisor = named(CONTROLLER, processes);
        return supervisor.isPresent() ? ready(supervisor.get(), READY) : Optional.empty();
    }

    private Server fresh(Launch launch, Roster roster, List<LocalProcess> processes) throws InterruptedException {
        endAll(processes);
        processes.clear();
        try {
            Files.deleteIfExists(cli.state().controller().resolve("controller.json"));
        } catch (IOException failed) {
            throw new IllegalStateException("cannot remove the controller.json of a controller that ended", failed);
        }
        LocalProcess controller = launch.controller();
        processes.add(controller);
        roster.write(processes);
        return ready(controller, READY)
                .orElseThrow(() -> failed(
                        launch,
                        CONTROLLER,
                        controller.isAlive()
                                ? "the local controller was not ready after " + READY.toSeconds() + " s"
                                : "the local controller ended while it started"));
    }

    /** Nothing when its supervisor ended, or when it took longer. */
    private Optional<Server> ready(LocalProcess supervisor, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline && supervisor.isAlive()) {
            Optional<Server> server = ServerAccess.localOfAnyVersion(cli);
            if (server.isPresent() && server.get().isReady()) {
                return server;
            }
            cli.pause().pause(STEP);
        }
        return Optional.empty();
    }

    private void runner(Launch launch, Roster roster, List<LocalProcess> processes, Server server)
            throws InterruptedException {
        Optional<LocalProcess> present = named(RUNNER, processes);
        // One that has worked before comes back by itself, and may hold tasks; another is what a broken start left.
        if (present.isPresent()
                && launch.isKept(RUNNER)
                && connected(present.get(), server, launch.runnerName(), RECONNECT)) {
            return;
        }
        present.ifPresent(old -> {
            endAll(List.of(old));
            processes.remove(old);
        });
        LocalProcess runner = launch.runner(address(launch));
        processes.add(runner);
        roster.write(processes);
        if (!connected(runner, server, launch.runnerName(), READY)) {
            throw failed(
                    launch,
                    RUNNER,
                    runner.isAlive()
                            ? "the local runner did not connect in " + READY.toSeconds() + " s"
                            : "the local runner ended while it started");
        }
        launch.keep(RUNNER, Map.of());
    }

    private boolean connected(LocalProcess supervisor, Server server, String name, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline && supervisor.isAlive()) {
            if (hasRunner(server, name)) {
                return true;
            }
            cli.pause().pause(STEP);
        }
        return false;
    }

    private LocalAddress address(Launch launch) {
        return LocalAddress.read(cli.state())
                .orElseThrow(() -> failed(launch, CONTROLLER, "the local controller ended while it started"));
    }

    private static Optional<LocalProcess> named(String name, List<LocalProcess> processes) {
        return processes.stream().filter(process -> process.name().equals(name)).findFirst();
    }

    /** What was ended, by name. */
    public List<String> stop() throws InterruptedException {
        List<String> ended = new ArrayList<>();
        try (LocalLock _ = LocalLock.take(cli.state(), cli.pause())) {
            Roster roster = Roster.of(cli.state());
            List<LocalProcess> processes = roster.read();
            for (LocalProcess process : processes) {
                if (process.isAlive()) {
                    ended.add(process.name());
                }
            }
            endAll(processes);
            roster.remove();
        }
        return ended;
    }

    /** What a start recorded and lives: the names, with the numbers of their supervisors. */
    public Map<String, Long> recorded() {
        Map<String, Long> living = new LinkedHashMap<>();
        for (LocalProcess process : Roster.of(cli.state()).read()) {
            if (process.isAlive()) {
                living.put(process.name(), process.pid());
            }
        }
        return living;
    }

    /** Whether a start is on record whose processes live. */
    public boolean isRecorded() {
        return !recorded().isEmpty();
    }

    /**
     * The runner first, so that it can say goodbye to its controller. An interrupt makes it hurry; it never leaves one of
     * them behind, because nobody would know of it any more.
     */
    private void endAll(List<LocalProcess> processes) {
        boolean interrupted = Thread.interrupted();
        for (int i = processes.size() - 1; i >= 0; ) {
            try {
                processes.get(i).end(cli.state().root(), PATIENCE, cli.pause());
                i--;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static BelayException failed(Launch launch, String name, String what) {
        Path log = launch.log(name);
        String tail = tail(log);
        Optional<SpokenError> spoken = SpokenError.in(tail);
        if (spoken.isPresent()) {
            SpokenError error = spoken.get();
            return BelayException.of(
                    error.code(),
                    error.what(),
                    (error.why().isEmpty() ? what : error.why()) + " (layer: " + name + "; log: " + log + ")",
                    "nothing of it was left running",
                    error.next().isEmpty() ? "belay doctor" : error.next());
        }
        ErrorCode code = name.equals(RUNNER) ? ErrorCode.E_NO_RUNNER : ErrorCode.E_UNREACHABLE;
        for (ErrorCode known : ErrorCode.values()) {
            if (tail.contains("error[" + known + "]") || tail.contains(known + ":")) {
                code = known;
                break;
            }
        }
        if (tail.contains("Address already in use")) {
            code = ErrorCode.E_PORT_IN_USE;
        }
        return BelayException.of(
                code,
                code == ErrorCode.E_PORT_IN_USE ? "a port that the local " + name + " needs is in use" : what,
                (tail.isEmpty() ? "its log is empty" : tail.strip().replace("\n", " ⏎ ")) + " (layer: " + name
                        + "; log: " + log + ")",
                "nothing of it was left running",
                code == ErrorCode.E_PORT_IN_USE ? "ss -ltnp shows who holds it" : "belay doctor");
    }

    private static String tail(Path log) {
        try {
            byte[] bytes = Files.readAllBytes(log);
            int from = Math.max(0, bytes.length - TAIL_BYTES);
            String[] lines = new String(bytes, from, bytes.length - from, java.nio.charset.StandardCharsets.UTF_8)
                    .strip()
                    .split("\n", -1);
            StringBuilder tail = new StringBuilder();
            for (int i = Math.max(0, lines.length - TAIL_LINES); i < lines.length; i++) {
                tail.append(lines[i].strip()).append('\n');
            }
            return tail.toString().strip();
        } catch (IOException noLog) {
            return "";
        }
    }
}
