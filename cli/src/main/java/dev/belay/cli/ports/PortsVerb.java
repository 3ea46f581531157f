package dev.belay.cli.ports;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.http.Duplex;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Shows what listens in a task's sandbox, or relays it to this machine's loopback until Ctrl-C. A port is said to be
 * there when something listens on it inside, and not before.
 */
public final class PortsVerb extends Verb {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration STILL_THERE = Duration.ofSeconds(5);
    /** Of several controllers behind one address, only that of the task's runner carries. */
    private static final int OTHERS = 20;

    @Parameters(index = "0", arity = "1", paramLabel = "TASK", description = "A task; alone: what listens in it.")
    private String reference = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "PORT",
            description = "A port in the sandbox, to have here too; 8080:5173 has it here as 8080.")
    private List<String> ports = List.of();

    @Option(names = "--wait", description = "Wait until something listens there.")
    private boolean wait;

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        List<Forward> forwards = ports.stream().map(Forward::parse).toList();
        String id = TaskReference.task(cli, reference);
        Server server = ServerAccess.open(cli);
        if (forwards.isEmpty()) {
            return show(cli.screen(), id, server.listening(id));
        }
        List<Doorstep> doors = new ArrayList<>();
        try {
            Complaints complaints = new Complaints(cli.screen());
            for (Forward forward : forwards) {
                doors.add(door(forward, id, server, cli, complaints));
            }
            awaitListening(cli, id, server, forwards);
            for (int i = 0; i < doors.size(); i++) {
                doors.get(i).open();
                tell(cli.screen(), id, doors.get(i).port(), forwards.get(i).inside());
            }
            return untilItEnds(cli, id, server, complaints);
        } finally {
            for (Doorstep door : doors) {
                door.close();
            }
        }
    }

    private int show(Screen screen, String id, List<Integer> listening) {
        if (json) {
            screen.machine(Json.object()
                    .put(
                            "listening",
                            new Json.Arr(listening.stream().map(Json::of).toList()))
                    .build()
                    .print());
        } else if (listening.isEmpty()) {
            screen.note("nothing listens in the sandbox of " + id);
        } else {
            listening.forEach(port ->
                    screen.line(new Line().bold(Integer.toString(port)).add("  belay ports " + id + " " + port)));
        }
        return ErrorCode.Exit.DONE;
    }

    private static Doorstep door(Forward forward, String id, Server server, Cli cli, Complaints complaints)
            throws IOException {
        try {
            return Doorstep.at(forward.local(), () -> visit(server, id, forward.inside(), cli), complaints::say);
        } catch (BindException taken) {
            throw BelayException.of(
                            ErrorCode.E_PORT_IN_USE,
                            "port " + forward.local() + " of this machine cannot be had",
                            taken.getMessage() + " (layer: client)",
                            "belay ports " + id + " 0:" + forward.inside())
                    .causedBy(taken);
        }
    }

    private static Duplex visit(Server server, String id, int port, Cli cli) throws IOException, InterruptedException {
        for (int tried = 1; ; tried++) {
            try {
                return server.visit(id, port);
            } catch (BelayException elsewhere) {
                if (elsewhere.code() != ErrorCode.E_ELSEWHERE || tried >= OTHERS) {
                    throw elsewhere;
                }
                cli.pause().pause(Duration.ofMillis(50));
            }
        }
    }

    private void awaitListening(Cli cli, String id, Server server, List<Forward> forwards) throws InterruptedException {
        boolean told = false;
        while (true) {
            List<Integer> listening = listeningSoon(cli, id, server);
            Optional<Forward> missing = forwards.stream()
                    .filter(forward -> !listening.contains(forward.inside()))
                    .findFirst();
            if (missing.isEmpty()) {
                return;
            }
            int port = missing.get().inside();
            if (!wait) {
                throw BelayException.of(
                        ErrorCode.E_NOT_FOUND,
                        "nothing listens on port " + port + " in " + id,
                        (listening.isEmpty() ? "nothing listens in its sandbox at all" : "there listen: " + listening)
                                + " (layer: runner)",
                        "belay ports " + id + " " + port + " --wait");
            }
            if (!told) {
                cli.screen().note("waiting: nothing listens on port " + port + " in " + id + " yet");
                told = true;
            }
            cli.pause().pause(LOOK);
        }
    }

    /** With patience also of a task that has no sandbox yet. */
    private List<Integer> listeningSoon(Cli cli, String id, Server server) throws InterruptedException {
        try {
            return listening(cli, id, server);
        } catch (BelayException notYet) {
            if (wait && notYet.code() == ErrorCode.E_BUSY) {
                return List.of();
            }
            throw notYet;
        }
    }

    private static List<Integer> listening(Cli cli, String id, Server server) throws InterruptedException {
        for (int tried = 1; ; tried++) {
            try {
                return server.listening(id);
            } catch (BelayException elsewhere) {
                if (elsewhere.code() != ErrorCode.E_ELSEWHERE || tried >= OTHERS) {
                    throw elsewhere;
                }
                cli.pause().pause(Duration.ofMillis(50));
            }
        }
    }

    private void tell(Screen screen, String id, int local, int inside) {
        if (json) {
            screen.machine(Json.object()
                    .put("address", "127.0.0.1:" + local)
                    .put("port", inside)
                    .build()
                    .print());
        } else {
            screen.line(
                    new Line().bold("127.0.0.1:" + local).add(" is port " + inside + " of " + id + "; Ctrl-C ends it"));
        }
    }

    /** A sandbox that is gone does not come back with what listened in it. */
    private static int untilItEnds(Cli cli, String id, Server server, Complaints complaints)
            throws InterruptedException {
        while (true) {
            cli.pause().pause(STILL_THERE);
            try {
                listening(cli, id, server);
            } catch (BelayException why) {
                switch (why.code()) {
                    case E_UNREACHABLE, E_NO_RUNNER, E_OVERLOADED, E_TIMEOUT, E_ELSEWHERE -> complaints.say(why);
                    default -> {
                        cli.screen().note("it ends here: " + why.what());
                        return ErrorCode.Exit.DONE;
                    }
                }
            }
        }
    }

    /** Each thing once, until another one is said: a page makes many connections. */
    private static final class Complaints {
        private final Screen screen;
        private String last = "";

        Complaints(Screen screen) {
            this.screen = screen;
        }

        synchronized void say(BelayException why) {
            String text = why.what() + ": " + why.why();
            if (!text.equals(last)) {
                last = text;
                screen.note(text);
            }
        }
    }
}
