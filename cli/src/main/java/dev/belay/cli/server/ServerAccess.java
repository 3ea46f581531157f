package dev.belay.cli.server;

import dev.belay.cli.Cli;
import dev.belay.cli.StateFolder;
import dev.belay.cli.context.Context;
import dev.belay.cli.context.Contexts;
import dev.belay.cli.context.Token;
import dev.belay.cli.http.Address;
import dev.belay.cli.http.Http;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.time.Duration;
import java.util.Optional;

/**
 * Which controller this client talks to: the one that BELAY_SERVER names, else that of the context in use, else the
 * local one when it runs.
 */
public final class ServerAccess {
    /** Grows with ServerVersion.api. */
    public static final int API = 1;

    private static final Duration RESTART = Duration.ofSeconds(15);
    private static final Duration STEP = Duration.ofMillis(30);

    private ServerAccess() {}

    public static boolean isNamed(Cli cli) {
        return !cli.env("BELAY_SERVER").isEmpty() || Contexts.inUse(cli).isPresent();
    }

    /**
     * Where a command goes.
     *
     * @param context its name, {@code local}, or empty when BELAY_SERVER says it
     * @param address empty for the local server, whose port is another after every start
     */
    public record Place(String context, String address) {
        @Override
        public String toString() {
            return context.isEmpty() ? address : context;
        }
    }

    public static Place place(Cli cli) {
        if (!cli.env("BELAY_SERVER").isEmpty()) {
            return new Place("", Address.parse(cli.env("BELAY_SERVER")).toString());
        }
        return Contexts.inUse(cli)
                .map(context -> new Place(context.name(), context.address().toString()))
                .orElse(new Place(Context.LOCAL, ""));
    }

    /** A server that answered and speaks this client's language. */
    public static Server open(Cli cli) {
        if (!cli.env("BELAY_SERVER").isEmpty()) {
            return named(cli);
        }
        Optional<Context> context = Contexts.inUse(cli);
        if (context.isPresent()) {
            return speaking(
                    new Server(new Http(context.get().address(), context.get().secret(), cli.pause())));
        }
        return local(cli).or(() -> restarted(cli)).orElseThrow(() -> absent(cli));
    }

    /** A controller that ended is back in a moment when it has a supervisor: a command waits for that. */
    private static Optional<Server> restarted(Cli cli) {
        for (Duration waited = Duration.ZERO; waited.compareTo(RESTART) < 0; waited = waited.plus(STEP)) {
            if (Supervised.read(cli.state(), "controller")
                    .filter(Supervised::isSupervised)
                    .isEmpty()) {
                return Optional.empty();
            }
            try {
                cli.pause().pause(STEP);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            Optional<Server> back = local(cli);
            if (back.isPresent()) {
                return back;
            }
        }
        return Optional.empty();
    }

    private static BelayException absent(Cli cli) {
        Optional<Supervised> controller = Supervised.read(cli.state(), "controller");
        String what = controller.map(Supervised::absence).orElse("");
        if (!what.isEmpty()) {
            return BelayException.of(
                    ErrorCode.E_UNREACHABLE,
                    "the local controller " + what,
                    controller.map(Supervised::history).orElse("") + " (layer: supervisor; log: "
                            + cli.state().local().resolve("controller.log") + ")",
                    "belay up");
        }
        return BelayException.of(
                ErrorCode.E_UNREACHABLE,
                "no controller is running here, and neither BELAY_SERVER nor a context names one",
                cli.state().controller().resolve("controller.json") + " names no living process (layer: client)",
                "belay up");
    }

    private static Server named(Cli cli) {
        Address address = Address.parse(cli.env("BELAY_SERVER"));
        String token = cli.env("BELAY_TOKEN").strip();
        if (token.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_SIGNED_OUT,
                    "no token for " + address,
                    "BELAY_SERVER is set and BELAY_TOKEN is not (layer: client)",
                    "export BELAY_TOKEN=… (on the server's machine: its state folder, controller/token)");
        }
        Token.checked(token, "BELAY_TOKEN");
        return speaking(new Server(new Http(address, token, cli.pause())));
    }

    private static Server speaking(Server server) {
        Json version = server.version();
        if (version.number("api") != API || !minor(version.text("version")).equals(minor(ClientVersion.text()))) {
            throw wrongVersion(
                    server.address().toString(), version.text("version"), "install belay " + version.text("version"));
        }
        return server;
    }

    /** The local server; nothing when none runs. One of another version is E_SERVER_VERSION. */
    public static Optional<Server> local(Cli cli) {
        Optional<Server> running = localOfAnyVersion(cli);
        if (running.isEmpty()) {
            return running;
        }
        String theirs;
        try {
            theirs = running.get().version().text("version");
        } catch (BelayException refused) {
            if (refused.code() == ErrorCode.E_UNREACHABLE
                    && LocalAddress.read(cli.state()).isEmpty()) {
                // It died between the two looks.
                return Optional.empty();
            }
            throw refused;
        }
        if (!theirs.equals(ClientVersion.text())) {
            throw wrongVersion("the local server", theirs, "belay down && belay up");
        }
        return running;
    }

    public static Optional<Server> localOfAnyVersion(Cli cli) {
        return LocalAddress.read(cli.state()).map(found -> {
            String token = StateFolder.read(cli.state().controller().resolve("token"))
                    .map(String::strip)
                    .orElseThrow(() -> BelayException.of(
                            ErrorCode.E_SIGNED_OUT,
                            "the local controller's token is missing",
                            cli.state().controller().resolve("token") + " does not exist (layer: client)",
                            "belay down && belay up"));
            Token.checked(token, "the token file");
            return new Server(
                    new Http(new Address(false, "127.0.0.1", found.httpPort()), token, cli.pause()),
                    () -> Supervised.read(cli.state(), "controller")
                            .map(Supervised::isSupervised)
                            .orElse(true));
        });
    }

    private static String minor(String version) {
        int first = version.indexOf('.');
        int second = version.indexOf('.', first + 1);
        return second < 0 ? version : version.substring(0, second);
    }

    private static BelayException wrongVersion(String who, String theirs, String next) {
        return BelayException.of(
                ErrorCode.E_SERVER_VERSION,
                who + " is Belay " + theirs + ", this client is " + ClientVersion.text(),
                "client and server of different versions do not understand each other (layer: client)",
                next);
    }

    /**
     * What the controller wrote when it was ready.
     *
     * @param pid the controller's process
     */
    public record LocalAddress(long pid, int httpPort, int grpcPort, String version) {
        /** Nothing when no controller was ready, or when that process has ended. */
        public static Optional<LocalAddress> read(StateFolder state) {
            Optional<String> text = StateFolder.read(state.controller().resolve("controller.json"));
            if (text.isEmpty()) {
                return Optional.empty();
            }
            try {
                Json json = Json.parse(text.get());
                LocalAddress found = new LocalAddress(
                        json.number("pid"),
                        (int) json.number("http_port"),
                        (int) json.number("grpc_port"),
                        json.text("version"));
                return found.pid > 0 && Alive.is(found.pid) && found.httpPort > 0
                        ? Optional.of(found)
                        : Optional.empty();
            } catch (JsonException unreadable) {
                throw BelayException.of(
                                ErrorCode.E_INTERNAL,
                                "controller.json is damaged",
                                unreadable.getMessage() + " (layer: client)",
                                "belay down && belay up")
                        .causedBy(unreadable);
            }
        }
    }
}
