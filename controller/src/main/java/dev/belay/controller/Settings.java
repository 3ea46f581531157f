package dev.belay.controller;

import dev.belay.controller.database.DatabaseAddress;
import dev.belay.controller.secrets.KeySource;
import dev.belay.controller.tasks.Caller;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How this controller was started.
 *
 * @param httpPort 0 for a free one
 * @param grpcPort 0 for a free one
 * @param database nothing for the embedded one
 * @param sharedPacks the folder for packs that all controllers of the database have, where there are several
 * @param publicName the name that people outside this machine reach it by
 * @param tokenFile where the people's token is, when an administrator said so
 * @param runnerTokenFile the same for the runners'
 * @param ceiling the file that says what can be granted to tasks at all, when an administrator wrote one
 * @param secretKeys where the keys of secrets are, when an administrator said so
 */
public record Settings(
        Path state,
        InetAddress bind,
        int httpPort,
        int grpcPort,
        Optional<DatabaseAddress> database,
        Optional<Path> sharedPacks,
        Optional<String> publicName,
        Optional<Path> tokenFile,
        Optional<Path> runnerTokenFile,
        Optional<Path> ceiling,
        List<KeySource> secretKeys,
        Caller owner,
        Bounds bounds,
        String version,
        Instant startedAt) {

    /** The one tenant of this version. */
    public static final String TENANT = "local";

    /** @throws BelayException E_USAGE naming the variable, before anything is begun */
    public static Settings from(Map<String, String> environment, Instant startedAt) {
        Optional<Path> tokenFile = text(environment, "BELAY_TOKEN_FILE").map(Path::of);
        InetAddress bind = bind(text(environment, "BELAY_BIND").orElse("127.0.0.1"));
        if (!bind.isLoopbackAddress() && tokenFile.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "BELAY_BIND is not a loopback address, and no authentication is configured",
                    "the controller listens beyond this machine only with a token that somebody chose for that",
                    "put a secret of 32 characters or more into a file, chmod 600, and set BELAY_TOKEN_FILE to it");
        }
        return new Settings(
                state(environment),
                bind,
                port(environment, "BELAY_HTTP_PORT"),
                port(environment, "BELAY_GRPC_PORT"),
                DatabaseAddress.from(environment),
                text(environment, "BELAY_PACKS").map(path -> Path.of(path).toAbsolutePath()),
                text(environment, "BELAY_PUBLIC_NAME").map(name -> name.toLowerCase(Locale.ROOT)),
                tokenFile,
                text(environment, "BELAY_RUNNER_TOKEN_FILE").map(Path::of),
                text(environment, "BELAY_CEILING").map(file -> Path.of(file).toAbsolutePath()),
                KeySource.from(environment),
                new Caller(TENANT, actor(environment)),
                Bounds.from(environment),
                packaged(),
                startedAt);
    }

    /** Where the controller keeps its own: {@code token}, {@code packs}, {@code controller.json}, … */
    public Path home() {
        return state.resolve("controller");
    }

    /** Where the packs are. */
    public Path packs() {
        return sharedPacks.orElseGet(() -> home().resolve("packs"));
    }

    /** Where the secret is that lets runners in. */
    public Path runnerToken() {
        return runnerTokenFile.orElseGet(() -> home().resolve("runner-token"));
    }

    /** Where a key for secrets is made when nobody named one; none where other controllers would need the same. */
    public Optional<Path> ownSecretKey() {
        return database.isPresent() ? Optional.empty() : Optional.of(home().resolve("secrets.key"));
    }

    private static Path state(Map<String, String> environment) {
        Optional<String> given = text(environment, "BELAY_STATE");
        if (given.isPresent()) {
            return Path.of(given.get()).toAbsolutePath();
        }
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/belay");
        }
        return text(environment, "XDG_STATE_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
                .resolve("belay");
    }

    private static InetAddress bind(String given) {
        try {
            return InetAddress.getByName(given);
        } catch (UnknownHostException unknown) {
            throw usage("BELAY_BIND", given, "an address of this machine").causedBy(unknown);
        }
    }

    private static int port(Map<String, String> environment, String name) {
        String given = text(environment, name).orElse("0");
        try {
            int port = Integer.parseInt(given);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            throw usage(name, given, "a port from 0 to 65535; 0 is a free one").causedBy(notANumber);
        }
        throw usage(name, given, "a port from 0 to 65535; 0 is a free one");
    }

    private static String actor(Map<String, String> environment) {
        String given = text(environment, "BELAY_ACTOR").orElseGet(() -> System.getProperty("user.name", "owner"));
        if (given.length() > 100 || given.chars().anyMatch(Character::isISOControl)) {
            throw usage("BELAY_ACTOR", "…", "a name of at most 100 characters");
        }
        return given;
    }

    private static String packaged() {
        String version = Settings.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version;
    }

    private static Optional<String> text(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static BelayException usage(String name, String given, String wanted) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                name + "=" + given + " is not usable",
                "the controller wants " + wanted,
                "unset " + name + " or change it");
    }
}
